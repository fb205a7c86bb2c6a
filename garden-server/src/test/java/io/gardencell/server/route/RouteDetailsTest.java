package io.gardencell.server.route;

import static io.gardencell.server.route.ServerLifeTest.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.BandwidthLimits;
import io.gardencell.api.Capacity;
import io.gardencell.api.ContainerInfo;
import io.gardencell.api.CpuLimits;
import io.gardencell.api.CpuStat;
import io.gardencell.api.DiskLimits;
import io.gardencell.api.DiskStat;
import io.gardencell.api.GardenException;
import io.gardencell.api.Limits;
import io.gardencell.api.MappedPort;
import io.gardencell.api.MemoryLimits;
import io.gardencell.api.MemoryStat;
import io.gardencell.api.Metrics;
import io.gardencell.api.PidLimits;
import io.gardencell.api.PidStat;
import io.gardencell.server.route.RawClient.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteDetailsTest extends ServedTest {

  // garden-api.md §15 cases 18 and 19
  @Test
  void listTakesTheFirstValueOfEachFilter() throws IOException {
    Reply reply = connect().get("/containers?a=1&a=2&b=");

    assertThat(reply.body()).isEqualTo("{\"Handles\":[]}\n");
    assertThat(backend.lastFilter).isEqualTo(Map.of("a", "1", "b", ""));
  }

  // garden-api.md §15 case 20
  @Test
  void destroyOfAnUnknownHandleIsTheExactError() throws IOException {
    Reply reply = connect().call("DELETE", "/containers/h1", "");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.body())
        .isEqualTo(
            "{\"Type\":\"ContainerNotFoundError\",\"Message\":\"unknown handle:"
                + " h1\",\"Handle\":\"h1\",\"ProcessID\":\"\",\"Binary\":\"\"}\n");
  }

  // garden-api.md §15 case 21
  @Test
  void aSecondDestroyMeanwhileIsRefusedAndTheBackendIsCalledOnce() throws Exception {
    backend.add("h");
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    backend.beforeDestroy =
        () -> {
          begun.countDown();
          await(go);
        };
    RawClient first = connect();
    first.send("DELETE /containers/h HTTP/1.1\r\nHost: api\r\n\r\n");
    await(begun);

    Reply second = connect().call("DELETE", "/containers/h", "");
    go.countDown();

    assertThat(second.status()).isEqualTo(500);
    assertThat(second.body()).contains("\"Message\":\"container already being destroyed\"");
    assertThat(first.reply().status()).isEqualTo(200);
    assertThat(backend.destroyCalls).hasValue(1);
  }

  // garden-api.md §15 cases 21 and 22
  @Test
  void aFailedDestroyCanBeRepeated() throws IOException {
    backend.add("h");
    backend.beforeDestroy =
        () -> {
          throw GardenException.failure("a <b> & \"c\" \u2028");
        };
    Reply failed = connect().call("DELETE", "/containers/h", "");
    backend.beforeDestroy = () -> {};

    Reply again = connect().call("DELETE", "/containers/h", "");

    assertThat(failed.body())
        .contains("\"Message\":\"a \\u003cb\\u003e \\u0026 \\\"c\\\" \\u2028\"");
    assertThat(again.status()).isEqualTo(200);
  }

  // garden-api.md §15 case 23
  @Test
  void typedErrorsKeepTheirType() throws IOException {
    backend.onPing =
        () -> {
          throw new GardenException.Unrecoverable("disk is gone");
        };

    assertThat(connect().get("/ping").body())
        .startsWith("{\"Type\":\"UnrecoverableError\",\"Message\":\"disk is gone\"");
  }

  // garden-api.md §15 case 25; weakness 8
  @Test
  void formContentTypeDoesNotEatTheBody() throws IOException {
    FakeBackend.FakeContainer container = backend.add("h");
    RawClient client = connect();

    client.send(
        "PUT /containers/h/properties/k HTTP/1.1\r\nHost: api\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 13\r\n\r\n"
            + "{\"value\":\"v\"}");

    assertThat(client.reply().status()).isEqualTo(200);
    assertThat(container.properties).containsEntry("k", "v");
  }

  // garden-api.md §15 case 26
  @Test
  void graceTimeIsABareInteger() throws IOException {
    FakeBackend.FakeContainer container = backend.add("h");
    RawClient client = connect();

    assertThat(client.call("PUT", "/containers/h/grace_time", "500000000\n").body())
        .isEqualTo("{}\n");
    assertThat(container.graceTime).isEqualTo(Duration.ofMillis(500));
    assertThat(client.call("PUT", "/containers/h/grace_time", "null").body()).isEqualTo("{}\n");
    assertThat(container.graceTime).isZero();
    assertThat(client.call("PUT", "/containers/h/grace_time", "\"5s\"").status()).isEqualTo(500);
    assertThat(client.call("PUT", "/containers/h/grace_time", "-1").status()).isEqualTo(500);
    assertThat(client.call("PUT", "/containers/no/grace_time", "1").status()).isEqualTo(404);
    assertThat(client.call("PUT", "/containers/no/grace_time", "x").status()).isEqualTo(500);
  }

  // garden-api.md §15 case 27
  @Test
  void netInUsesThePathsHandleAndOmitsZeroPorts() throws IOException {
    backend.add("h");

    Reply reply =
        connect()
            .call("POST", "/containers/h/net/in", "{\"handle\":\"other\",\"container_port\":80}");

    assertThat(reply.body()).isEqualTo("{\"container_port\":80}\n");
  }

  // garden-api.md §15 case 28
  @Test
  void bulkNetOutTakesNull() throws IOException {
    backend.add("h");

    assertThat(connect().call("POST", "/containers/h/net/out/bulk", "null").status())
        .isEqualTo(200);
    assertThat(backend.containers.values().iterator().next().rules).isEmpty();
  }

  // garden-api.md §15 case 29; weakness 4
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/containers/bulk_info",
        "/containers/bulk_info?handles=",
        "/containers/bulk_metrics"
      })
  void bulkWithoutHandlesIsEmpty(String path) throws IOException {
    assertThat(connect().get(path).body()).isEqualTo("{}\n");
  }

  // garden-api.md §15 case 29, §5.4 and §8
  @Test
  void bulkInfoReportsFailuresInTheirEntriesAndEachHandleOnce() throws IOException {
    backend.add("a");

    String body = connect().get("/containers/bulk_info?handles=b,a,b,a").body();

    assertThat(body)
        .isEqualTo(
            "{\"a\":{\"Info\":{\"State\":\"active\",\"Events\":null,\"HostIP\":\"\",\"ContainerIP\":\"\","
                + "\"ContainerIPv6\":\"\",\"ExternalIP\":\"\",\"ContainerPath\":\"\",\"ProcessIDs\":null,"
                + "\"Properties\":{},\"MappedPorts\":[]},\"Err\":null},"
                + "\"b\":{\"Info\":{\"State\":\"\",\"Events\":null,\"HostIP\":\"\",\"ContainerIP\":\"\","
                + "\"ContainerIPv6\":\"\",\"ExternalIP\":\"\",\"ContainerPath\":\"\",\"ProcessIDs\":null,"
                + "\"Properties\":null,\"MappedPorts\":null},\"Err\":{\"Type\":\"ContainerNotFoundError\","
                + "\"Message\":\"unknown handle: b\",\"Handle\":\"b\",\"ProcessID\":\"\",\"Binary\":\"\"}}}\n");
  }

  // garden-api.md §5.5
  @Test
  void bulkMetricsReportsAFailureWithZerosInItsEntry() throws IOException {
    backend.add("a");

    String body = connect().get("/containers/bulk_metrics?handles=a,b").body();

    assertThat(body)
        .startsWith("{\"a\":{\"Metrics\":{\"MemoryStat\":{\"active_anon\":0,")
        .contains(
            "\"CPUEntitlement\":0},\"Err\":null},\"b\":{\"Metrics\":{\"MemoryStat\":{\"active_")
        .endsWith(
            "\"NetworkStat\":null,\"PidStat\":{\"Current\":0,\"Max\":0},\"Age\":0,\"CPUEntitlement\":0},"
                + "\"Err\":{\"Type\":\"ContainerNotFoundError\",\"Message\":\"unknown handle: b\","
                + "\"Handle\":\"b\",\"ProcessID\":\"\",\"Binary\":\"\"}}}\n");
  }

  // garden-api.md §15 case 32
  @Test
  void capacityOmitsZerosAndPrintsUnsigned() throws IOException {
    backend.capacity = () -> new Capacity(0, 0, 0, -1);

    assertThat(connect().get("/capacity").body())
        .isEqualTo("{\"max_containers\":18446744073709551615}\n");
  }

  // garden-api.md §15 case 33
  @Test
  void aMissingPropertyIsAnErrorAndItsRemovalIsNot() throws IOException {
    backend.add("h");
    RawClient client = connect();

    Reply missing = client.get("/containers/h/properties/k");
    assertThat(missing.status()).isEqualTo(500);
    assertThat(missing.body())
        .isEqualTo(
            "{\"Type\":\"\",\"Message\":\"property does not exist: k\",\"Handle\":\"\","
                + "\"ProcessID\":\"\",\"Binary\":\"\"}\n");
    assertThat(client.call("DELETE", "/containers/h/properties/k", "").body()).isEqualTo("{}\n");
  }

  // garden-api.md §15 case 30
  @Test
  void metricsHaveEveryKeyInOrder() throws IOException {
    backend.add("h").metrics =
        new Metrics(
            MemoryStat.ofCommit(777),
            new CpuStat(300, 200, 100),
            new DiskStat(1234, 0, 234, 0),
            null,
            new PidStat(3, 0),
            Duration.ofNanos(1193877200),
            12679218);

    assertThat(connect().get("/containers/h/metrics").body())
        .isEqualTo(
            "{\"MemoryStat\":{\"active_anon\":0,\"active_file\":0,\"cache\":0,"
                + "\"hierarchical_memory_limit\":0,\"inactive_anon\":0,\"inactive_file\":0,"
                + "\"mapped_file\":0,\"pgfault\":0,\"pgmajfault\":0,\"pgpgin\":0,\"pgpgout\":0,"
                + "\"rss\":0,\"total_active_anon\":0,\"total_active_file\":0,\"total_cache\":0,"
                + "\"total_inactive_anon\":0,\"total_inactive_file\":0,\"total_mapped_file\":0,"
                + "\"total_pgfault\":0,\"total_pgmajfault\":0,\"total_pgpgin\":0,"
                + "\"total_pgpgout\":0,\"total_rss\":777,\"total_unevictable\":0,"
                + "\"unevictable\":0,\"swap\":0,\"hierarchical_memsw_limit\":0,\"total_swap\":0,"
                + "\"TotalUsageTowardLimit\":777,\"anon\":0,\"file\":0,\"swapcached\":0},"
                + "\"CPUStat\":{\"Usage\":300,\"User\":200,\"System\":100},"
                + "\"DiskStat\":{\"TotalBytesUsed\":1234,\"TotalInodesUsed\":0,"
                + "\"ExclusiveBytesUsed\":234,\"ExclusiveInodesUsed\":0},"
                + "\"NetworkStat\":null,\"PidStat\":{\"Current\":3,\"Max\":0},"
                + "\"Age\":1193877200,\"CPUEntitlement\":12679218}\n");
  }

  // garden-api.md §15 case 31
  @Test
  void infoHasEveryKeyInOrder() throws IOException {
    backend.add("h").info =
        new ContainerInfo(
            "active",
            null,
            "255.255.255.255",
            "10.255.0.5",
            "",
            "10.0.0.4",
            "C:\\depot\\app-1",
            null,
            Map.of("garden.state", "created"),
            List.of(new MappedPort(40000, 8080)));

    assertThat(connect().get("/containers/h/info").body())
        .isEqualTo(
            "{\"State\":\"active\",\"Events\":null,\"HostIP\":\"255.255.255.255\","
                + "\"ContainerIP\":\"10.255.0.5\",\"ContainerIPv6\":\"\",\"ExternalIP\":\"10.0.0.4\","
                + "\"ContainerPath\":\"C:\\\\depot\\\\app-1\",\"ProcessIDs\":null,\"Properties\":{\"garden.state\":\"created\"},\"MappedPorts\":[{\"HostPort\":40000,\"ContainerPort\":8080}]}\n");
  }

  // garden-api.md §8
  @Test
  void stopNeedsABody() throws IOException {
    backend.add("h");
    RawClient client = connect();

    assertThat(client.call("PUT", "/containers/h/stop", "").body()).contains("\"Message\":\"EOF\"");
    assertThat(client.call("PUT", "/containers/h/stop", "{}").body()).isEqualTo("{}\n");
    assertThat(client.call("PUT", "/containers/h/stop", "null").body()).isEqualTo("{}\n");
  }

  // garden-api.md §10: only a second destroy is kept away from a container being destroyed
  @Test
  void duringADestroyOtherRequestsReachTheBackend() throws Exception {
    backend.add("h");
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    backend.beforeDestroy =
        () -> {
          begun.countDown();
          await(go);
        };
    RawClient destroying = connect();
    destroying.send("DELETE /containers/h HTTP/1.1\r\nHost: api\r\n\r\n");
    await(begun);

    assertThat(connect().get("/containers/h/info").status()).isEqualTo(200);

    go.countDown();
    assertThat(destroying.reply().status()).isEqualTo(200);
  }

  // garden-api.md §5.1
  @Test
  void limitsAreToldFieldByField() throws IOException {
    backend.add("h").limits =
        new Limits(
            new BandwidthLimits(1, -1),
            new CpuLimits(2, 3),
            new DiskLimits(4, 5, 6, 7, 1),
            new MemoryLimits(8),
            PidLimits.NONE);
    RawClient client = connect();

    assertThat(client.get("/containers/h/limits/bandwidth").body())
        .isEqualTo("{\"rate\":1,\"burst\":18446744073709551615}\n");
    assertThat(client.get("/containers/h/limits/cpu").body())
        .isEqualTo("{\"weight\":2,\"limit_in_shares\":3}\n");
    assertThat(client.get("/containers/h/limits/disk").body())
        .isEqualTo(
            "{\"inode_soft\":4,\"inode_hard\":5,\"byte_soft\":6,\"byte_hard\":7,\"scope\":1}\n");
    assertThat(client.get("/containers/h/limits/memory").body())
        .isEqualTo("{\"limit_in_bytes\":8}\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bandwidth", "cpu", "disk", "memory"})
  void noLimitIsAnEmptyObject(String limit) throws IOException {
    backend.add("h");

    assertThat(connect().get("/containers/h/limits/" + limit).body()).isEqualTo("{}\n");
  }
}
