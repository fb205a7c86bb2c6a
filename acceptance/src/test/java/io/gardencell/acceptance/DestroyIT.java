package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.ContainerSpec;
import io.gardencell.api.GardenException;
import io.gardencell.api.ProcessSpec;
import io.gardencell.client.GardenClient;
import io.gardencell.client.RemoteContainer;
import io.gardencell.client.RemoteProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The end of containers: nothing of them is left. On a socket, with the real modules. */
class DestroyIT {

  private static final Duration BOUND = Duration.ofSeconds(60);

  private final String seconds =
      Long.toString(ThreadLocalRandom.current().nextLong(1L << 30, 1L << 31));
  private GardenDaemon daemon;
  private TreeSet<String> before;

  @BeforeEach
  void start() throws IOException {
    daemon = GardenDaemon.inProcess();
    // The first container leaves what all share: the layer of the base image, the network.
    use("first");
    before = Leftovers.files(daemon.dataDir());
  }

  @AfterEach
  void stop() throws IOException {
    daemon.close();
  }

  private void use(String handle) throws IOException {
    RemoteContainer container = daemon.client().create(ContainerSpec.ofHandle(handle));
    container.netIn(0, 8080);
    container.setProperty("key", "value");
    try (RemoteProcess sleeping = container.run(ProcessSpec.of("sleep", seconds));
        RemoteProcess process = container.run(ProcessSpec.of("echo", handle))) {
      assertThat(process.readToEnd(BOUND).stdoutText()).isEqualTo(handle + "\n");
      container.streamIn("C:\\in", "", new Tar().file("file", handle)::writeTo);
      assertThat(Tar.files(container.streamOut("C:\\in\\file", ""))).containsOnlyKeys("file");
      assertThat(container.info().mappedPorts()).hasSize(1);
      container.destroy();
    }
  }

  private void assertNothingIsLeft() throws IOException {
    TreeSet<String> left = Leftovers.files(daemon.dataDir());
    left.removeAll(before);
    assertThat(left).isEmpty();
    assertThat(Leftovers.processes(seconds)).isZero();
    assertThat(daemon.client().handles(Map.of("garden.state", "all"))).isEmpty();
  }

  @Test
  void stopEndsTheProcessesAndDestroyRemovesTheRest() throws IOException {
    GardenClient client = daemon.client();
    RemoteContainer container = client.create(ContainerSpec.ofHandle("whole-life"));
    long port = container.netIn(0, 8080).hostPort();
    try (RemoteProcess process = container.run(ProcessSpec.of("sleep", seconds))) {
      assertThat(Leftovers.processes(seconds)).isPositive();

      container.stop(true);

      assertThat(process.waitFor(BOUND)).isPresent();
      assertThat(Leftovers.processes(seconds)).isZero();
      assertThat(container.info().state()).isEqualTo("stopped");
    }

    container.destroy();

    assertNothingIsLeft();
    assertThatThrownBy(container::destroy)
        .isInstanceOf(GardenException.ContainerNotFound.class)
        .hasMessage("unknown handle: whole-life");
    RemoteContainer next = client.create(ContainerSpec.ofHandle("next"));
    assertThat(next.netIn(port, 8080).hostPort()).as("the port is free again").isEqualTo(port);
  }

  @Test
  void whoeverWaitsForAProcessIsToldWhenItsContainerIsDestroyed() throws IOException {
    RemoteContainer container = daemon.client().create(ContainerSpec.ofHandle("waited-for"));
    try (RemoteProcess process = container.run(ProcessSpec.of("sleep", seconds))) {
      container.destroy();

      assertThat(process.readToEnd(BOUND).exitStatus()).isNotZero();
    }
  }

  @Test
  void aHundredContainersAtATimeLeaveNothing() throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(16);
    try {
      List<Future<?>> uses = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        String handle = "concurrent-" + i;
        uses.add(
            clients.submit(
                () -> {
                  use(handle);
                  return handle;
                }));
      }
      for (Future<?> use : uses) {
        use.get(180, TimeUnit.SECONDS);
      }
    } finally {
      clients.shutdownNow();
    }

    assertNothingIsLeft();
  }
}
