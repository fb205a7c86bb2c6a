package io.gardencell.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.SystemDocument;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WincProcessTest {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private FakeHost fake;

  @SuppressWarnings("NullAway.Init")
  private WincProcess process;

  @BeforeEach
  void run() {
    fake = new FakeHost(directory);
    fake.pin("c1", "Running", SystemDocument.container().build());
    ComputeSystem system = fake.host().compute().open("c1");
    ComputeProcess started =
        system.createProcess(ProcessDocument.of("app.exe", "", "C:\\", Map.of(), true));
    process = new WincProcess("c1", started, Runnable::run);
  }

  // winc-runtime.md §17.20
  @Test
  void aRequestToEndIsASignalAndAKillTerminatesTheProcessAlone() {
    assertThat(process.terminate()).isTrue();
    process.kill();

    assertThat(fake.calls)
        .endsWith("HcsSignalProcess CtrlShutdown", "HcsTerminateProcess " + process.pid());
    assertThat(process.exited()).isCompletedWithValue(0xC000013AL);
    assertThat(fake.system("c1").state).isEqualTo("Running");
  }

  // winc-runtime.md §17.20
  @Test
  void aHostWithoutSignalsSaysSo() {
    fake.knowsNoSignals = true;

    assertThat(process.terminate()).isFalse();
  }

  // winc-runtime.md §17.19
  @Test
  void aRefusedKillIsToldAndEndsNothingElse() {
    fake.fail("HcsTerminateProcess", HcsErrors.INVALID_STATE);

    assertThatThrownBy(process::kill)
        .isInstanceOf(GardenException.class)
        .hasMessageStartingWith(
            "process %d in container c1 encountered an error during hcs::Process::Kill: "
                .formatted(process.pid()));
    assertThat(fake.calls).noneMatch(call -> call.startsWith("HcsTerminateComputeSystem"));
    assertThat(process.exited()).isNotDone();
  }

  @ParameterizedTest
  @ValueSource(ints = {HcsErrors.SYSTEM_ALREADY_STOPPED, HcsErrors.NOT_FOUND})
  void aProcessThatHasEndedIsKilledAndAskedToEndWithoutAFailure(int code) {
    fake.fail("HcsTerminateProcess", code);
    fake.fail("HcsSignalProcess", code);

    assertThatCode(process::kill).doesNotThrowAnyException();
    assertThat(process.terminate()).isTrue();
  }

  @Test
  void anEndThatCannotBeKnownIsAFailureThatNamesTheProcess() {
    fake.system("c1")
        .process(process.pid())
        .exited
        .completeExceptionally(
            new HcsException(
                "HcsNotification",
                "c1",
                HcsErrors.SERVICE_DISCONNECT,
                "lost communication with compute service",
                List.of()));

    assertThatThrownBy(process.exited()::join)
        .hasCauseInstanceOf(GardenException.class)
        .hasRootCauseMessage("lost communication with compute service")
        .cause()
        .hasMessage(
            "process %d in container c1 encountered an error during hcs::Process::waitBackground:"
                    .formatted(process.pid())
                + " lost communication with compute service");
  }
}
