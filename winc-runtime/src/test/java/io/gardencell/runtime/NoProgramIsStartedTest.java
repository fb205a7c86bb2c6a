package io.gardencell.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.spi.ContainerProcess;
import io.gardencell.api.spi.ContainerState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * winc-runtime.md §17.35: the server's runtime does what it does by calls of the host alone. The
 * JVM itself tells of each program that is started, and of each thread.
 */
class NoProgramIsStartedTest extends RuntimeTest {

  private static final String PROGRAM = "jdk.ProcessStart";
  private static final String THREAD = "jdk.ThreadStart";

  NoProgramIsStartedTest(@TempDir Path directory) {
    super(directory);
  }

  @Test
  void noOperationStartsAProgramAndNoContainerHasAThreadOfItsOwn() throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable(PROGRAM);
      recording.enable(THREAD);
      recording.start();
      try (WincRuntime runtime =
          new WincRuntime(fake.host(), RuntimeConfig.ofRoot(directory.resolve("state")))) {
        for (int i = 0; i < 20; i++) {
          everyOperation(runtime, "c" + i);
        }
      }
      List<RecordedEvent> recorded = events(recording);

      assertThat(recorded).noneMatch(e -> e.getEventType().getName().equals(PROGRAM));
      assertThat(threads(recorded)).contains("winc-0").hasSizeLessThanOrEqualTo(3);
    }
  }

  @Test
  void aProgramThatIsStartedWouldBeSeen() throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable(PROGRAM);
      recording.start();
      Path java = Path.of(System.getProperty("java.home"), "bin", "java");
      new ProcessBuilder(java.toString(), "--version").start().waitFor();

      assertThat(events(recording)).anyMatch(e -> e.getEventType().getName().equals(PROGRAM));
    }
  }

  private void everyOperation(WincRuntime runtime, String handle) throws Exception {
    ContainerState state = runtime.create(depot.bundle(handle));
    fake.endpoints.put(handle, "ep");
    assertThat(runtime.state(handle)).contains(state);
    assertThat(runtime.containers()).isNotEmpty();
    assertThat(runtime.stats(handle).processes()).isPositive();
    try (ContainerProcess process =
        runtime.run(handle, OciProcess.of(List.of("app"), List.of(), "/", ""))) {
      runtime.attach(handle, process.pid()).orElseThrow().close();
      process.resize(80, 24);
      process.terminate();
      process.kill();
      process.exited().get(10, TimeUnit.SECONDS);
    }
    String shared = ",\"network\":{\"networkSharedContainerName\":\"%s\"}".formatted(handle);
    runtime.runSidecar(depot.bundle(handle + "-side", "", shared)).close();
    runtime.delete(handle);
    assertThat(fake.systems).isEmpty();
  }

  /** Those that the runtime made; the virtual machine has some too. */
  private static Set<String> threads(List<RecordedEvent> recorded) {
    return recorded.stream()
        .filter(e -> e.getEventType().getName().equals(THREAD))
        .map(e -> String.valueOf(e.getThread("thread").getJavaName()))
        .filter(name -> name.startsWith("winc-"))
        .collect(Collectors.toSet());
  }

  private List<RecordedEvent> events(Recording recording) throws IOException {
    recording.stop();
    Path file = directory.resolve("recording.jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file);
  }
}
