package io.gardencell.acceptance.win64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.gardencell.acceptance.win64.RemoteProcess.Ended;
import io.gardencell.acceptance.win64.RemoteProcess.Refused;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The whole daemon with {@code --host hcs} in a Windows JVM under Wine: every native call is the
 * one that Windows gets, containers are folders shown as drive C:, processes are Windows programs.
 */
@EnabledIfSystemProperty(named = "gardencell.win64.server", matches = ".+")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
class WindowsCellIT {

  private static final String PROBE = "C:\\app\\probe.exe";
  private static final long MIB = 1 << 20;

  private final Path launcher = Path.of(System.getProperty("gardencell.win64.server", ""));
  private final Path driveC = Path.of(System.getProperty("gardencell.win64.drive", ""));
  private final StandInState standIn = new StandInState(driveC.resolve("fakehcs"));
  private WindowsDaemon daemon;
  private Wire wire;
  private int port;

  @BeforeAll
  void startDaemonAndCreateContainer() throws Exception {
    Map<String, byte[]> base = new LinkedHashMap<>();
    base.put("Files/", new byte[0]);
    base.put("Files/app/", new byte[0]);
    base.put("Files/app/probe.exe", Files.readAllBytes(driveC.resolve("bin").resolve("probe.exe")));
    base.put("Files/both.txt", OciImage.text("base"));
    base.put("Files/base.txt", OciImage.text("from the base layer"));
    Map<String, byte[]> top = new LinkedHashMap<>();
    top.put("Files/", new byte[0]);
    top.put("Files/both.txt", OciImage.text("top"));
    top.put("Hives/", new byte[0]);
    OciImage.write(driveC.resolve("image"), List.of("FROM_IMAGE=yes"), List.of(base, top));
    port = WindowsDaemon.freePort();
    daemon = WindowsDaemon.start(launcher, port);
    wire = daemon.wire();
    create("cell", Map.of("env", List.of("FROM_CONTAINER=yes")));
  }

  @AfterAll
  void stopDaemon() throws Exception {
    if (daemon != null) {
      daemon.close();
    }
  }

  private void create(String handle, Map<String, ?> more) throws IOException {
    Map<String, Object> spec = new HashMap<>(more);
    spec.put("handle", handle);
    spec.put("rootfs", "oci:///C:/image");
    Wire.Reply reply = wire.post("/containers", spec);
    assertThat(reply.status()).as(new String(reply.body(), StandardCharsets.UTF_8)).isEqualTo(200);
  }

  private static Map<String, Object> probe(String... arguments) {
    Map<String, Object> spec = new HashMap<>();
    spec.put("path", PROBE);
    spec.put("args", List.of(arguments));
    return spec;
  }

  private Ended run(String handle, Map<String, ?> spec) throws IOException {
    try (RemoteProcess process = RemoteProcess.run(wire, handle, spec)) {
      return process.end();
    }
  }

  @Test
  void aContainerShowsTheLayersOfItsImage() throws Exception {
    Map<String, Object> spec =
        Map.of("path", "cmd.exe", "args", List.of("/c", "type C:\\base.txt & type C:\\both.txt"));

    assertThat(run("cell", spec).stdout()).isEqualTo("from the base layertop");
    assertThat(wire.get("/containers/cell/info").json().path("State").asText()).isEqualTo("active");
  }

  @Test
  void aProcessTakesInputAndGivesBothOutputsAndItsExitCode() throws Exception {
    try (RemoteProcess process =
        RemoteProcess.run(wire, "cell", probe("err", "oops", "cat", "exit", "42"))) {
      process.write("h\u00e9llo ");
      process.write("there");
      process.endInput();

      assertThat(process.end()).isEqualTo(new Ended(42, "h\u00e9llo there", "oops\n"));
    }
  }

  @Test
  void argumentsArriveAsTheyWereGiven() throws Exception {
    assertThat(run("cell", probe("args", "a b", "q\"q", "tr\\", "", "\u00fc")).stdout())
        .isEqualTo("[a b]\n[q\"q]\n[tr\\]\n[]\n[\u00fc]\n");
  }

  @Test
  void theEnvironmentIsThatOfImageContainerAndProcess() throws Exception {
    Map<String, Object> spec =
        probe("env", "FROM_IMAGE", "env", "FROM_CONTAINER", "env", "FROM_PROCESS", "env", "HOME");
    spec.put("env", List.of("FROM_PROCESS=yes"));

    assertThat(run("cell", spec).stdout()).startsWith("yes\nyes\nyes\n");
  }

  @Test
  void aProcessRunsAsItsUser() throws Exception {
    Map<String, Object> spec = probe("env", "USERNAME");
    assertThat(run("cell", spec).stdout()).isEqualTo("ContainerAdministrator\n");
    spec.put("user", "vcap");
    assertThat(run("cell", spec).stdout()).isEqualTo("vcap\n");
    spec.put("user", "nobody-here");
    assertThatThrownBy(() -> run("cell", spec))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.status()).isEqualTo(500));
  }

  @Test
  void aProcessRunsInItsDirectoryWhichIsMadeWhenMissing() throws Exception {
    Map<String, Object> spec = probe("cwd");
    spec.put("dir", "C:\\app");
    assertThat(run("cell", spec).stdout()).isEqualTo("C:\\app\n");
    spec.put("dir", "/new/place");
    assertThat(run("cell", spec).stdout()).isEqualTo("C:\\new\\place\n");
  }

  @Test
  void aMissingProgramIsSaidToBeMissing() {
    assertThatThrownBy(() -> run("cell", Map.of("path", "C:\\nope.exe")))
        .isInstanceOfSatisfying(
            Refused.class,
            e -> assertThat(e.body().path("Type").asText()).isEqualTo("ExecutableNotFoundError"));
  }

  @Test
  void anAttachedClientSeesOutputAndExitCodeAndMayWrite() throws Exception {
    Map<String, Object> spec = probe("cat", "exit", "5");
    spec.put("id", "attached");
    try (RemoteProcess first = RemoteProcess.run(wire, "cell", spec);
        RemoteProcess second = RemoteProcess.attach(wire, "cell", "attached")) {
      second.write("from the second");
      second.endInput();

      assertThat(second.end()).isEqualTo(new Ended(5, "from the second", ""));
      assertThat(first.end()).isEqualTo(new Ended(5, "from the second", ""));
    }
  }

  @Test
  void aProcessIsAskedToEndOrKilled() throws Exception {
    for (int signal : List.of(0, 1)) {
      try (RemoteProcess process = RemoteProcess.run(wire, "cell", probe("sleep", "120000"))) {
        process.signal(signal);

        assertThat(process.end().exitStatus()).isNotZero();
      }
    }
    assertThat(standIn.calls("HcsTerminateProcess")).isNotEmpty();
  }

  @Test
  void twentyMegabytesOfOutputArriveWhole() throws Exception {
    Ended ended = run("cell", probe("fill", Long.toString(20 * MIB)));

    assertThat(ended.stdout()).hasSize((int) (20 * MIB));
  }

  @Test
  void metricsGrowWithWhatTheContainerUses() throws Exception {
    JsonNode before = wire.get("/containers/cell/metrics").json();
    try (RemoteProcess process =
        RemoteProcess.run(wire, "cell", probe("alloc", "64", "burn", "1000", "cat"))) {
      JsonNode during = before;
      while (memory(during) < memory(before) + 64 * MIB) {
        during = wire.get("/containers/cell/metrics").json();
      }
      while (cpu(during) <= cpu(before)) {
        during = wire.get("/containers/cell/metrics").json();
      }
      process.endInput();
      process.end();
    }
    JsonNode bulk = wire.get("/containers/bulk_metrics?handles=cell").json();
    assertThat(memory(bulk.path("cell").path("Metrics"))).isPositive();
  }

  private static long memory(JsonNode metrics) {
    return metrics.path("MemoryStat").path("TotalUsageTowardLimit").asLong();
  }

  private static long cpu(JsonNode metrics) {
    return metrics.path("CPUStat").path("Usage").asLong();
  }

  @Test
  void memoryBeyondTheLimitIsRefused() throws Exception {
    create("small", Map.of("limits", Map.of("memory_limits", Map.of("limit_in_bytes", 128 * MIB))));

    String given = run("small", probe("alloc", "512")).stdout();

    assertThat(Long.parseLong(given.replace(" MiB\n", ""))).isBetween(32L, 160L);
    assertThat(wire.get("/containers/small/limits/memory").json().path("limit_in_bytes").asLong())
        .isEqualTo(128 * MIB);
    wire.delete("/containers/small");
  }

  @Test
  void aDiskLimitBecomesAQuotaAndItsUseIsMeasured() throws Exception {
    create(
        "disk",
        Map.of("limits", Map.of("disk_limits", Map.of("byte_hard", 200 * MIB, "scope", 1))));
    assertThat(standIn.calls("SetQuota"))
        .extracting(call -> call.path("bytes").asLong())
        .contains(200 * MIB + 10240);

    long before = disk("disk");
    assertThat(run("disk", probe("grow", "C:\\big.bin", Long.toString(7 * MIB))).exitStatus())
        .isZero();

    long after = before;
    while (after < before + 7 * MIB) {
      after = disk("disk");
    }
    assertThat(after - before).isLessThan(8 * MIB);
    wire.delete("/containers/disk");
  }

  private long disk(String handle) throws IOException {
    return wire.get("/containers/" + handle + "/metrics")
        .json()
        .path("DiskStat")
        .path("ExclusiveBytesUsed")
        .asLong();
  }

  @Test
  void filesGoInAndComeOut() throws Exception {
    byte[] tar = OciImage.tar(Map.of("in/a.txt", OciImage.text("12345")));

    Wire.Reply in =
        wire.put("/containers/cell/files?user=vcap&destination=" + Wire.encoded("C:\\data"), tar);

    assertThat(in.status()).isEqualTo(200);
    assertThat(
            run(
                    "cell",
                    Map.of("path", "cmd.exe", "args", List.of("/c", "type C:\\data\\in\\a.txt")))
                .stdout())
        .isEqualTo("12345");
    assertThat(run("cell", probe("writefile", "C:\\data\\out.txt", "from inside")).exitStatus())
        .isZero();
    byte[] out = wire.get("/containers/cell/files?source=" + Wire.encoded("/data/")).body();
    assertThat(names(out)).contains("./in/a.txt", "./out.txt");
  }

  private static List<String> names(byte[] tar) throws IOException {
    List<String> names = new ArrayList<>();
    try (TarArchiveInputStream entries = new TarArchiveInputStream(new ByteArrayInputStream(tar))) {
      for (TarArchiveEntry e = entries.getNextEntry(); e != null; e = entries.getNextEntry()) {
        names.add(e.getName());
      }
    }
    return names;
  }

  @Test
  void aMappedPortIsGivenToTheEndpointAndListed() throws Exception {
    JsonNode given =
        wire.post("/containers/cell/net/in", Map.of("host_port", 0, "container_port", 8080)).json();

    int hostPort = given.path("host_port").asInt();
    assertThat(hostPort).isPositive();
    assertThat(standIn.table("endpoints").toString())
        .contains("\"ExternalPort\":" + hostPort)
        .contains("\"InternalPort\":8080");
    assertThat(wire.get("/containers/cell/info").json().path("MappedPorts").toString())
        .contains("\"HostPort\":" + hostPort);
  }

  @Test
  void aNetOutRuleReachesTheEndpoint() throws Exception {
    Map<String, Object> rule =
        Map.of(
            "protocol",
            1,
            "networks",
            List.of(Map.of("start", "10.1.2.0", "end", "10.1.2.255")),
            "ports",
            List.of(Map.of("start", 53, "end", 53)));

    assertThat(wire.post("/containers/cell/net/out", rule).status()).isEqualTo(200);
    assertThat(standIn.table("endpoints").toString()).contains("10.1.2.0/24");
  }

  @Test
  void aDestroyedContainerLeavesNothingAndItsProcessesEnd() throws Exception {
    create("gone", Map.of());
    try (RemoteProcess process = RemoteProcess.run(wire, "gone", probe("sleep", "120000"))) {
      assertThat(wire.delete("/containers/gone").status()).isEqualTo(200);
      assertThat(process.end().exitStatus()).isNotZero();
    }

    assertNothingLeft("gone");
    assertThat(wire.get("/containers/gone/info").status()).isEqualTo(404);
  }

  @Test
  void aKilledDaemonFindsItsContainersAndProcessesAgain() throws Exception {
    create("kept", Map.of());
    Map<String, Object> spec = probe("waitfile", "C:\\go-on.txt", "exit", "9");
    spec.put("id", "long");
    RemoteProcess.run(wire, "kept", spec).close();

    daemon.kill();
    daemon = WindowsDaemon.start(launcher, port);
    wire = daemon.wire();

    assertThat(wire.get("/containers/kept/info").json().path("ProcessIDs").toString())
        .contains("long");
    try (RemoteProcess again = RemoteProcess.attach(wire, "kept", "long")) {
      run("kept", probe("writefile", "C:\\go-on.txt", "go"));
      assertThat(again.end().exitStatus()).isEqualTo(9);
    }
    assertThat(run("kept", probe("out", "again")).stdout()).isEqualTo("again\n");
    assertThat(wire.delete("/containers/kept").status()).isEqualTo(200);
    assertNothingLeft("kept");
    assertThat(run("cell", probe("out", "there")).stdout()).isEqualTo("there\n");
  }

  private void assertNothingLeft(String handle) throws IOException {
    assertThat(standIn.table("systems").has(handle)).isFalse();
    assertThat(standIn.table("layers").toString()).doesNotContain("\\" + handle + "\"");
    assertThat(standIn.table("endpoints").toString()).doesNotContain("\"" + handle + "\"");
    assertThat(standIn.table("mounts").size())
        .isEqualTo(standIn.table("systems").size())
        .isEqualTo(standIn.table("volumes").size());
    Path depot =
        driveC.resolve("var").resolve("vcap").resolve("data").resolve("garden").resolve("depot");
    assertThat(depot.resolve(handle)).doesNotExist();
  }
}
