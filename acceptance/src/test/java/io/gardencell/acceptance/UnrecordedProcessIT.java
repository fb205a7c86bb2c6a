package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.oci.OciJson;
import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.spi.ContainerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that dies between the start of a process and its record, on the real plugins. */
class UnrecordedProcessIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void theNextDaemonEndsItAndNothingElse(@TempDir Path data) throws IOException {
    long app;
    long stray;
    Path directory = data.resolve("depot/c/processes/stray");
    try (EmulatedCell cell = new EmulatedCell(data, s -> s)) {
      ContainerLife life = new ContainerLife(cell, "c");
      life.create();
      app = start(cell, "tail", "-f", "/dev/null");
      OciProcess document = OciProcess.of(List.of("sleep", "3600"), List.of(), "C:\\", "");
      Files.createDirectories(directory);
      Files.writeString(directory.resolve("spec.json"), OciJson.write(document));
      stray = start(cell, "sleep", "3600");
    }
    assertThat(isAlive(app)).isTrue();
    assertThat(isAlive(stray)).isTrue();

    try (EmulatedCell cell = new EmulatedCell(data, s -> s)) {
      assertThat(Leaks.becomes(PATIENCE, () -> !isAlive(stray))).isTrue();
      assertThat(Leaks.becomes(PATIENCE, () -> !Files.exists(directory))).isTrue();
      assertThat(isAlive(app)).isTrue();
      new ContainerLife(cell, "c").destroy();
      assertThat(cell.leftovers()).isEmpty();
    }
    assertThat(isAlive(app)).isFalse();
  }

  private static long start(EmulatedCell cell, String... command) {
    try (ContainerProcess process =
        cell.runtime().run("c", OciProcess.of(List.of(command), List.of(), "C:\\", ""))) {
      return process.pid();
    }
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }
}
