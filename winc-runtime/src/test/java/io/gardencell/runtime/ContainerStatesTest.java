package io.gardencell.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.spi.ContainerState.Status;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostProcess;
import io.gardencell.hcs.HostProcesses;
import io.gardencell.hcs.Hosts;
import io.gardencell.hcs.document.SystemDocument;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** winc-runtime.md §18 case 52: each row of the table of 8.3. */
class ContainerStatesTest {

  private static final long PID = 1234;
  private static final long TIME = 133_000_000_000_000_000L;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private FakeHost fake;

  private HostProcesses processes = pid -> Optional.empty();

  @BeforeEach
  void open() {
    fake = new FakeHost(directory.resolve("proc"));
  }

  @Test
  void aStoppedSystemIsStoppedWhateverTheFileSays() {
    assertThat(status(true, file(PID, TIME, false))).isEqualTo(Status.STOPPED);
  }

  @Test
  void aProcessThatCouldNotBeStartedIsStopped() {
    assertThat(status(false, file(0, 0, true))).isEqualTo(Status.STOPPED);
    assertThat(status(false, file(PID, 0, true))).isEqualTo(Status.STOPPED);
  }

  @Test
  void onlyOneOfPidAndTimeIsNoState() {
    assertThatThrownBy(() -> status(false, file(PID, 0, false)))
        .hasMessage("invalid state: PID 1234, start time {LowDateTime:0 HighDateTime:0}");
    assertThatThrownBy(() -> status(false, file(0, 7L << 32 | 5, false)))
        .hasMessage("invalid state: PID 0, start time {LowDateTime:5 HighDateTime:7}");
  }

  @Test
  void withoutAProcessItIsCreated() {
    assertThat(status(false, file(0, 0, false))).isEqualTo(Status.CREATED);
  }

  @Test
  void aProcessThatIsGoneIsStopped() {
    assertThat(status(false, file(PID, TIME, false))).isEqualTo(Status.STOPPED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"OpenProcess", "GetExitCodeProcess", "GetProcessStartTime"})
  void aHostThatDoesNotTellIsAFailure(String function) {
    processes =
        pid -> {
          throw new HcsException(function, "", HcsErrors.ACCESS_DENIED);
        };

    assertThatThrownBy(() -> status(false, file(PID, TIME, false)))
        .hasMessage(function + ": Access is denied.");
  }

  @Test
  void aProcessWithAnExitCodeIsStopped() {
    processes = pid -> Optional.of(new HostProcess(pid, TIME, false));

    assertThat(status(false, file(PID, TIME, false))).isEqualTo(Status.STOPPED);
  }

  @Test
  void theProcessThatWasStartedRuns() {
    processes = pid -> Optional.of(new HostProcess(pid, TIME, true));

    assertThat(status(false, file(PID, TIME, false))).isEqualTo(Status.RUNNING);
  }

  @Test
  void anotherProcessOfTheSamePidIsNotOurs() {
    processes = pid -> Optional.of(new HostProcess(pid, TIME + 1, true));

    assertThat(status(false, file(PID, TIME, false))).isEqualTo(Status.STOPPED);
  }

  // winc-runtime.md §18 case 54
  @Test
  void aStateFileThatIsMissingOrTornIsAFailure() {
    fake.pin("c1", "Running", SystemDocument.container().build());
    StateDirectory files = new StateDirectory(directory.resolve("state"));
    ContainerStates states = new ContainerStates(fake.host(), files);
    Path file = directory.resolve("state").resolve("c1").resolve("state.json");

    assertThatThrownBy(() -> states.find("c1"))
        .hasMessage("open " + file + ": The system cannot find the path specified.");
    files.write("c1", StateFile.created("b"));
    assertThat(states.find("c1")).isPresent();
    assertThat(file.toFile().delete()).isTrue();
    assertThatThrownBy(() -> states.find("c1"))
        .hasMessage("open " + file + ": The system cannot find the file specified.");
    assertThatThrownBy(() -> StateFile.parse("{\"pid\":", file))
        .hasMessage("unexpected end of JSON input");
  }

  private Status status(boolean stopped, StateFile file) {
    Host other = Hosts.with(fake.host(), pid -> processes.find(pid));
    return new ContainerStates(other, new StateDirectory(directory)).status(stopped, file);
  }

  private static StateFile file(long pid, long time, boolean failed) {
    return new StateFile("b", pid, time, failed, "", Map.of());
  }
}
