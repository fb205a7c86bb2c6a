package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.ContainerInfo;
import io.gardencell.api.ContainerSpec;
import io.gardencell.api.GardenException;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.ProcessSpec;
import io.gardencell.client.RemoteContainer;
import io.gardencell.client.RemoteProcess;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged daemon ends, by request and by force, and starts again on what it left. */
class RestartIT {

  private static final Duration BOUND = Duration.ofSeconds(60);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void containersOutliveTheDaemon(boolean byForce) throws IOException {
    String marker = Long.toString(ThreadLocalRandom.current().nextLong(1L << 30, 1L << 31));
    try (GardenDaemon daemon = GardenDaemon.ownJvm()) {
      assertThat(daemon.log()).contains("nothing is isolated");
      Map<String, ContainerInfo> before = new LinkedHashMap<>();
      Map<String, RemoteProcess> running = new LinkedHashMap<>();
      for (String handle : List.of("one", "two", "three")) {
        RemoteContainer container = daemon.client().create(ContainerSpec.ofHandle(handle));
        container.setProperty("owner", "of " + handle);
        container.netIn(0, 8080);
        container.netIn(0, 9090);
        container.netOut(new NetOutRule(0, List.of(), List.of(), null, false));
        running.put(handle, container.run(ticking(handle, marker)));
        before.put(handle, container.info());
      }

      if (byForce) {
        daemon.kill();
      } else {
        daemon.terminate();
      }

      for (RemoteProcess process : running.values()) {
        assertThatThrownBy(process::waitFor).isInstanceOf(IOException.class);
        process.close();
      }
      assertThat(Leftovers.processes(marker)).as("they run on").isGreaterThanOrEqualTo(3);

      daemon.start();

      assertThat(daemon.client().handles()).containsExactlyInAnyOrder("one", "two", "three");
      assertThat(daemon.client().handles(Map.of("owner", "of two"))).containsExactly("two");
      for (String handle : before.keySet()) {
        RemoteContainer container = daemon.client().container(handle);
        ContainerInfo info = container.info();
        assertThat(info.properties()).isEqualTo(before.get(handle).properties());
        assertThat(info.mappedPorts()).isEqualTo(before.get(handle).mappedPorts()).hasSize(2);
        assertThat(info.containerIp()).isEqualTo(before.get(handle).containerIp());
        assertThat(info.state()).isEqualTo("active");
        assertThat(container.metrics().age()).isPositive();
        try (RemoteProcess process = container.attach("ticking")) {
          assertThat(new String(process.stdout().readNBytes(5), StandardCharsets.US_ASCII))
              .containsOnlyOnce("tick");
          process.kill();
          assertThat(process.waitFor(BOUND)).isPresent();
        }
        assertThatThrownBy(() -> container.attach("ticking"))
            .isInstanceOf(GardenException.ProcessNotFound.class);
        try (RemoteProcess more = container.run(ProcessSpec.of("echo", "still here"))) {
          assertThat(more.readToEnd(BOUND).stdoutText()).isEqualTo("still here\n");
        }
      }
      for (String handle : before.keySet()) {
        daemon.client().destroy(handle);
      }
      assertThat(daemon.client().handles(Map.of("garden.state", "all"))).isEmpty();
      assertThat(Leftovers.processes(marker)).isZero();
      assertThat(daemon.dataDir().resolve("depot")).isEmptyDirectory();
    }
  }

  private static ProcessSpec ticking(String handle, String marker) {
    ProcessSpec bare =
        ProcessSpec.of("sh", "-c", "while :; do echo tick; sleep 0.1; done", handle + marker);
    return bare.withId("ticking");
  }

  @Test
  void anEndByRequestIsCleanAndInTime() throws IOException {
    try (GardenDaemon daemon = GardenDaemon.ownJvm()) {
      RemoteContainer container = daemon.client().create(ContainerSpec.ofHandle("attached"));
      try (RemoteProcess process = container.run(ProcessSpec.of("sleep", "100000"))) {
        String log = daemon.terminate();

        assertThat(log).contains("guardian.stopped").doesNotContain("not closed cleanly");
        assertThatThrownBy(process::waitFor).isInstanceOf(EOFException.class);
      }
      daemon.start("--destroy-containers-on-startup");
      assertThat(daemon.client().handles(Map.of("garden.state", "all"))).isEmpty();
    }
  }
}
