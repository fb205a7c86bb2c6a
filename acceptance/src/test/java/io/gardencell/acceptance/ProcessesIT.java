package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.ContainerSpec;
import io.gardencell.api.ProcessSpec;
import io.gardencell.client.ProcessOutput;
import io.gardencell.client.RemoteContainer;
import io.gardencell.client.RemoteProcess;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Processes of containers and their streams, on a socket, with the real modules. */
class ProcessesIT {

  private static GardenDaemon daemon;

  @BeforeAll
  static void start() throws IOException {
    daemon = GardenDaemon.inProcess();
  }

  @AfterAll
  static void stop() throws IOException {
    daemon.close();
  }

  @Test
  void aProcessThatEndsAtOnceLosesNoOutput() throws IOException {
    RemoteContainer container = daemon.client().create(ContainerSpec.ofHandle("quick"));
    for (int i = 0; i < 500; i++) {
      try (RemoteProcess process = container.run(ProcessSpec.of("echo", "line " + i))) {
        ProcessOutput output = process.readToEnd(Duration.ofSeconds(20));

        assertThat(output.stdoutText()).isEqualTo("line " + i + "\n");
        assertThat(output.stderrText()).isEmpty();
        assertThat(output.exitStatus()).isZero();
      }
    }
  }
}
