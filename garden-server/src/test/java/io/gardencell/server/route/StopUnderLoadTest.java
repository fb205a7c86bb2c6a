package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The end of a server whose thousand connections are all in the middle of something. */
class StopUnderLoadTest extends ServedTest {

  /** Passes in full, as there are readers that never read on; short, as a test waits for it. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final int CONTAINERS = 10;
  private static final int CLIENTS = 20;
  private static final String RUN = "{\"path\":\"x\",\"rlimits\":{},\"image\":{}}\n";

  private final List<FakeBackend.FakeContainer> containers = new ArrayList<>();
  private final List<RawClient> controls = new ArrayList<>();

  @Override
  GardenApi.Settings settings() {
    return settings(PATIENCE);
  }

  // issue: a stop within 10 s with 1,000 open connections, of which none is silent; §14 weakness 11
  @Test
  void itTakesLessThanTenSecondsAndLeavesTheProcessesAlone() throws Exception {
    for (int i = 0; i < CONTAINERS; i++) {
      open("h" + i);
    }
    assertThat(api.server().openConnections()).isEqualTo(1000);
    long begin = System.nanoTime();

    stop();

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PATIENCE.plusSeconds(5));
    for (RawClient control : controls) {
      assertThat(new String(control.rest())).doesNotContain("exit_status").doesNotContain("error");
    }
    for (FakeBackend.FakeContainer container : containers) {
      assertThat(container.process.killed).isNotDone();
      assertThat(container.processes.get("p1")).isNotNull().matches(p -> !p.hasExited());
    }
  }

  /**
   * In one container, so many each of: clients that wait for a process, readers that have stopped
   * reading, downloads that have stalled, uploads half sent, and connections kept after an answer.
   */
  private void open(String handle) throws IOException {
    FakeBackend.FakeContainer container = backend.add(handle);
    containers.add(container);
    container.source = new FakeBackend.BytesSource(new byte[16 << 20]);
    String root = "/containers/" + handle;
    for (int i = 0; i < CLIENTS; i++) {
      String processes = root + "/processes";
      RawClient control =
          i == 0
              ? send("POST", processes, RUN.length(), RUN)
              : send("GET", processes + "/p1", 0, "");
      control.head();
      String stream = control.line().replaceAll(".*\"stream_id\":\"(\\d+)\".*", "$1");
      controls.add(control);
      send("GET", processes + "/p1/attaches/" + stream + "/stdout", 0, "").head();
      send("GET", root + "/files?source=x&user=", 0, "");
      send("PUT", root + "/files?destination=x&user=", 1 << 20, "the first bytes of a tar");
      assertThat(connect().get("/ping").status()).isEqualTo(200);
    }
    // More than the sockets take, so that every reader's queue and socket is full.
    container.process.stdout.write(new byte[8 << 20]);
  }

  private RawClient send(String method, String path, int length, String body) throws IOException {
    String head = method + " " + path + " HTTP/1.1\r\nHost: api\r\nContent-Length: " + length;
    return connect().send(head + "\r\n\r\n" + body);
  }
}
