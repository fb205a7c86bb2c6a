package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.api.ContainerSpec;
import io.gardencell.api.GardenException;
import io.gardencell.api.ProcessSpec;
import io.gardencell.api.WireJson;
import io.gardencell.client.GardenClient;
import io.gardencell.client.RemoteContainer;
import io.gardencell.client.RemoteProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What operators search the daemon's log for. */
class LogLinesIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SERVER = "guardian.api.garden-server.";

  private record Line(String message, JsonNode json) {

    String session() {
      return data("session");
    }

    String data(String key) {
      return json.get("data").path(key).asText();
    }
  }

  private static List<Line> lines(String log) throws IOException {
    List<Line> lines = new ArrayList<>();
    for (String text : log.lines().filter(l -> l.startsWith("{")).toList()) {
      JsonNode line = JSON.readTree(text);
      assertThat(line.get("source").textValue()).isEqualTo("guardian");
      assertThat(line.get("timestamp").textValue()).matches("[0-9]{10}\\.[0-9]{9}");
      assertThat(line.get("log_level").isInt()).isTrue();
      lines.add(new Line(line.get("message").textValue(), line));
    }
    return lines;
  }

  private static Line of(List<Line> lines, String handle, String message) {
    List<Line> found =
        lines.stream()
            .filter(l -> l.message().equals(message) && l.data("handle").equals(handle))
            .toList();
    assertThat(found).as(handle + " " + message).hasSize(1);
    return found.get(0);
  }

  private static <T> T read(String json, Class<T> type) {
    return WireJson.decode(json.getBytes(StandardCharsets.UTF_8), type);
  }

  private static void awaitLine(GardenDaemon daemon, String message) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!daemon.log().contains("\"" + message + "\"")) {
      assertThat(System.nanoTime()).as(message).isLessThan(end);
      assertThat(new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS)).isFalse();
    }
  }

  /** Containers made, not made, used, reaped and removed at a start; what is secret says "hush". */
  private static String logOfSomeWork() throws Exception {
    try (GardenDaemon daemon =
        GardenDaemon.ownJvm("--log-format=json", "--time-format=unix-epoch", "--log-level=debug")) {
      GardenClient client = daemon.client();
      RemoteContainer used = client.create(ContainerSpec.ofHandle("used"));
      ProcessSpec quick =
          read(
              "{\"id\":\"p\",\"path\":\"sh\",\"args\":[\"-c\",\"read x; exit 3 # hush\"],"
                  + "\"env\":[\"A=hush\"]}",
              ProcessSpec.class);
      try (RemoteProcess process = used.run(quick);
          RemoteProcess again = used.attach("p")) {
        process.stdin().close();
        process.readToEnd(Duration.ofSeconds(30));
      }
      client.destroy("used");
      ContainerSpec impossible =
          read(
              "{\"handle\":\"bad\",\"image\":{\"uri\":\"oci:///no/such\",\"username\":\"hush\","
                  + "\"password\":\"hush\"},\"env\":[\"A=hush\"],\"properties\":{\"k\":\"hush\"}}",
              ContainerSpec.class);
      assertThatThrownBy(() -> client.create(impossible)).isInstanceOf(GardenException.class);
      client.create(ContainerSpec.ofHandle("reaped")).setGraceTime(Duration.ofMillis(1));
      awaitLine(daemon, SERVER + "reaped");
      client.create(ContainerSpec.ofHandle("left"));
      String first = daemon.terminate();
      daemon.start("--destroy-containers-on-startup");
      return first + daemon.terminate();
    }
  }

  // guardian.md §16; garden-api.md §13
  @Test
  void theReferencesNamesAreThereInNestedSessionsAndNoSecretIs() throws Exception {
    String log = logOfSomeWork();
    List<Line> lines = lines(log);

    for (String name :
        List.of(
            "guardian.create.start",
            "guardian.create.containerizer-create.start",
            "guardian.create.containerizer-create.finished",
            "guardian.create.created",
            SERVER + "create.created",
            "guardian.run.started",
            "guardian.run.finished",
            SERVER + "run.spawned",
            SERVER + "run.exited",
            SERVER + "attach.attached",
            "guardian.destroy.start",
            "guardian.destroy.finished",
            SERVER + "destroy.destroyed")) {
      of(lines, "used", name);
    }
    of(lines, "reaped", SERVER + "reaping");
    of(lines, "reaped", "guardian.destroy.finished");
    of(lines, "bad", "guardian.create.create-failed-cleaningup.start");
    of(lines, "bad", "guardian.create.create-failed-cleaningup.cleanedup");
    of(lines, "left", "guardian.start.clean-up-container.start");
    of(lines, "left", "guardian.start.clean-up-container.cleaned-up");
    assertThat(lines.stream().map(Line::message).collect(Collectors.toSet()))
        .contains(
            "guardian.started",
            SERVER + "create.failed",
            "guardian.api.connection.open",
            "guardian.api.connection.closed",
            "guardian.stopped");
    Line create = of(lines, "used", "guardian.create.start");
    assertThat(of(lines, "used", "guardian.create.containerizer-create.start").session())
        .isEqualTo(create.session() + ".1");
    Line spawned = of(lines, "used", SERVER + "run.spawned");
    assertThat(spawned.session()).matches("1\\.1\\.[0-9]+");
    assertThat(spawned.json().at("/data/spec/path").textValue()).isEqualTo("sh");
    Line exited = of(lines, "used", SERVER + "run.exited");
    assertThat(exited.session()).isEqualTo(spawned.session());
    assertThat(exited.data("status")).isEqualTo("3");
    assertThat(log).doesNotContain("hush");
  }
}
