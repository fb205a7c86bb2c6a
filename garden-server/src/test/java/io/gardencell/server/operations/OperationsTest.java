package io.gardencell.server.operations;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.api.GardenException;
import io.gardencell.server.http.RequestObserver;
import io.gardencell.server.route.GardenApi;
import io.gardencell.server.route.RawClient;
import io.gardencell.server.route.ServedTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class OperationsTest extends ServedTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Any directory with something in it. */
  private static final Path DEPOT =
      Path.of(System.getProperty("gardencell.root", ".."), "docs", "adr");

  @Override
  protected RequestObserver observer() {
    return new Telemetry();
  }

  @Override
  protected void prepare(GardenApi made, RequestObserver observer) {
    ServerFacts facts =
        new ServerFacts(
            "1.2.3", "emulated", "isolates nothing", false, DEPOT, List.of("garden-server"));
    new Operations(facts, backend, made, streams, (Telemetry) observer).addTo(made.router());
  }

  private JsonNode json(String path) throws IOException {
    RawClient.Reply reply = connect().get(path);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("Content-Type")).isEqualTo("application/json");
    return JSON.readTree(reply.body());
  }

  @Test
  void hostSaysWhatTheServerRunsOnAndHowMuchItHas() throws IOException {
    backend.add("a");
    backend.add("b");

    JsonNode host = json("/host");

    assertThat(host.get("host").textValue()).isEqualTo("emulated");
    assertThat(host.get("isolated").booleanValue()).isFalse();
    assertThat(host.get("version").textValue()).isEqualTo("1.2.3");
    assertThat(host.get("containers").intValue()).isEqualTo(2);
    assertThat(host.get("connections").intValue()).isEqualTo(1);
    assertThat(host.get("requests_in_flight").intValue()).isEqualTo(1);
  }

  @Test
  void healthFailsWithTheBackendAndSaysWhy() throws IOException {
    assertThat(json("/health").get("status").textValue()).isEqualTo("ok");
    backend.onPing =
        () -> {
          throw new GardenException.Unrecoverable("depot is gone");
        };

    RawClient.Reply reply = connect().get("/health");

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.body()).isEqualTo("{\"status\":\"failing\",\"reason\":\"depot is gone\"}\n");
  }

  @Test
  void metricsCountRequestsContainersAndBytes() throws IOException {
    backend.add("a");
    RawClient client = connect();
    client.get("/ping");
    client.get("/ping");
    client.get("/nope");

    RawClient.Reply reply = client.get("/metrics");

    assertThat(reply.header("Content-Type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
    assertThat(reply.body().lines())
        .contains(
            "garden_request_duration_seconds_count{route=\"ping\",status=\"200\"} 2",
            "garden_request_duration_seconds_count{route=\"none\",status=\"404\"} 1",
            "garden_containers 1.0",
            "garden_connections 1.0",
            "garden_stream_dropped_bytes_total 0.0",
            "garden_lane_active_calls{lane=\"query\"} 1.0",
            "garden_lane_waiting_calls{lane=\"change\"} 0.0")
        .anyMatch(line -> line.startsWith("jvm_memory_used_heap_bytes "))
        .anyMatch(line -> line.startsWith("process_cpu_seconds_total "));
  }

  private static long entries() throws IOException {
    try (var entries = Files.list(DEPOT)) {
      return entries.count();
    }
  }

  // guardian.md §16
  @Test
  void debugVariablesHaveTheReferencesNames() throws IOException {
    JsonNode vars = json("/debug/vars");

    assertThat(vars.fieldNames())
        .toIterable()
        .containsExactly(
            "backingStores",
            "cmdline",
            "depotDirs",
            "loopDevices",
            "memstats",
            "numCPUS",
            "numGoRoutines");
    assertThat(vars.get("depotDirs").intValue()).isPositive().isEqualTo((int) entries());
    assertThat(vars.get("memstats").get("Alloc").longValue()).isPositive();
    assertThat(vars.get("numGoRoutines").intValue()).isPositive();
  }

  // guardian.md §16
  @ParameterizedTest
  @ValueSource(strings = {"debug", "info", "error"})
  void theLogLevelCanBeChanged(String level) throws IOException {
    var root =
        (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    try {
      assertThat(connect().call("POST", "/log-level", level + "\n").status()).isEqualTo(200);

      assertThat(root.getLevel()).isEqualTo(Level.toLevel(level));
    } finally {
      root.setLevel(before);
    }
  }

  // guardian.md §16
  @Test
  void otherLevelsAndMethodsAreRefused() throws IOException {
    RawClient client = connect();

    RawClient.Reply unknown = client.call("POST", "/log-level", "loud");
    RawClient.Reply get = client.get("/log-level");

    assertThat(unknown.status()).isEqualTo(400);
    assertThat(unknown.body()).contains("invalid log level: 'loud'");
    assertThat(get.status()).isEqualTo(400);
    assertThat(get.body()).isEqualTo("method not allowed, use POST\n");
    assertThat(client.call("DELETE", "/log-level", "").status()).isEqualTo(405);
  }
}
