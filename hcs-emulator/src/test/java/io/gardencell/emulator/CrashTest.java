package io.gardencell.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.SystemQuery;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A program that uses the host is killed in the middle of its work, again and again. */
@Timeout(180)
class CrashTest {

  private static final int ROUNDS = Integer.getInteger("gardencell.crash.rounds", 3);

  @Test
  void leavesAStateThatTheNextProgramCanUseAndClearUp() throws Exception {
    Random random = new Random(ROUNDS);
    try (EmulatedFixture fixture = new EmulatedFixture()) {
      Path base = fixture.baseLayer();
      for (int i = 0; i < 50; i++) {
        Files.writeString(base.resolve("Files/file" + i), "content");
      }
      Path scratches = Files.createDirectory(fixture.directory().resolve("scratches"));
      for (int round = 0; round < ROUNDS; round++) {
        fixture.host().close();
        crash(fixture.directory().resolve("data"), base, scratches, random.nextInt(150));

        Host host = fixture.reopen();
        clearUp(host);
        assertNothingIsLeft(fixture.directory().resolve("data/emulator"));
        removeLayers(host, scratches);
        assertThat(fixture.directory().resolve("data/emulator/volumes")).isEmptyDirectory();
      }
    }
  }

  /** Waits until it works, and then for a moment more. */
  private static void crash(Path data, Path base, Path scratches, int millis) throws Exception {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingHost.class.getName(),
                data.toString(),
                base.toString(),
                scratches.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = program.inputReader()) {
      String line = out.readLine();
      while (line != null && !line.equals("life")) {
        line = out.readLine();
      }
      assertThat(line).isEqualTo("life");
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    } finally {
      program.destroyForcibly();
      assertThat(program.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void clearUp(Host host) throws Exception {
    for (var listed : host.compute().enumerate(SystemQuery.all())) {
      try (ComputeSystem system = host.compute().open(listed.id())) {
        system.terminate();
        assertThat(system.exited().get(30, TimeUnit.SECONDS).status()).isZero();
      } catch (HcsException endedMeanwhile) {
        // The host itself finishes an end that the killed program had begun.
        assertThat(endedMeanwhile.code()).isEqualTo(HcsErrors.SYSTEM_NOT_FOUND);
      }
    }
    for (HnsEndpoint endpoint : host.endpoints().endpoints()) {
      assertThat(endpoint.sharedContainers()).isEmpty();
      host.endpoints().deleteEndpoint(endpoint.id());
    }
  }

  private static void assertNothingIsLeft(Path state) {
    assertThat(state.resolve("systems")).isEmptyDirectory();
    assertThat(state.resolve("hns/endpoints")).isEmptyDirectory();
    assertThat(StateDirectory.list(state.resolve("hns/networks"))).hasSize(1);
    assertThat(StateDirectory.list(state.resolve("volumes")))
        .noneMatch(v -> v.toString().contains(".filling-"));
    assertThat(survivors()).isEmpty();
  }

  /** Processes that the killed program had started. */
  private static List<String> survivors() {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .map(p -> p.resolve("environ"))
          .filter(CrashTest::isOurs)
          .map(Path::toString)
          .toList();
    } catch (java.io.IOException notLinux) {
      return List.of();
    }
  }

  private static boolean isOurs(Path environment) {
    try {
      return new String(Files.readAllBytes(environment), java.nio.charset.StandardCharsets.UTF_8)
          .contains("CRASH=1");
    } catch (java.io.IOException notOurs) {
      return false;
    }
  }

  /** As groot does: each step may have been done already. */
  private static void removeLayers(Host host, Path scratches) throws Exception {
    for (Path scratch : StateDirectory.list(scratches)) {
      if (host.scratchLayers().exists(scratch)) {
        for (Runnable step :
            List.<Runnable>of(
                () -> host.scratchLayers().unprepare(scratch),
                () -> host.scratchLayers().deactivate(scratch))) {
          try {
            step.run();
          } catch (HcsException wasNotSo) {
            assertThat(wasNotSo.code()).isEqualTo(HcsErrors.NOT_FOUND);
          }
        }
        host.scratchLayers().destroy(scratch);
      }
      StateDirectory.removeTree(scratch);
    }
  }
}
