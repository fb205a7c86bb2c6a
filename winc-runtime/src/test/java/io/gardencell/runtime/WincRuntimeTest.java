package io.gardencell.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.spi.ContainerEvent;
import io.gardencell.api.spi.ContainerProcess;
import io.gardencell.api.spi.ContainerState;
import io.gardencell.api.spi.ContainerState.Status;
import io.gardencell.api.spi.ListedProcess;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.ProcessDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WincRuntimeTest extends RuntimeTest {

  private static final String VOLUME = "\\\\?\\Volume{a52b0e01-d5ba-48dd-af1f-7a4b2e8a8d07}\\";

  private final RuntimeConfig config = config(Duration.ofMillis(1), Duration.ofSeconds(5));
  private final WincRuntime runtime = new WincRuntime(fake.host(), config);

  WincRuntimeTest(@TempDir Path directory) {
    super(directory, new Depot(directory.resolve("depot"), VOLUME));
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  @Test
  void createStartsTheContainerAndMountsItsVolume() throws IOException {
    ContainerState state = runtime.create(depot.bundle("c1"));

    assertThat(state.status()).isEqualTo(Status.RUNNING);
    assertThat(fake.mounts).containsEntry(state.root(), VOLUME);
    assertThat(runtime.containers()).containsExactly(state);
    assertThat(directory.resolve("state/c1/state.json"))
        .content()
        .contains("\"pid\":" + state.pid(), "\"exec_failed\":false", "mounted_volume");
  }

  @Test
  void theHostsListTellsOfAllProcessesButInit() throws IOException {
    runtime.create(depot.bundle("c1"));
    ContainerProcess process =
        runtime.run("c1", OciProcess.of(List.of("x"), List.of(), "C:\\", ""));

    assertThat(runtime.processes("c1"))
        .containsExactly(
            new ListedProcess(process.pid(), "x.exe", Instant.parse("2026-01-02T03:04:05.678Z")));
    assertThat(runtime.processes("unknown")).isEmpty();
    process.close();
  }

  @Test
  void aListOfProcessesThatCannotBeHadIsNoEmptyOne() throws IOException {
    runtime.create(depot.bundle("c1"));
    fake.fail("HcsGetComputeSystemProperties", HcsErrors.ACCESS_DENIED);

    assertThatThrownBy(() -> runtime.processes("c1"))
        .isInstanceOf(GardenException.class)
        .hasMessageContaining("0x5");
  }

  // winc-runtime.md §18 cases 24 (example 1), 25, 26 and 27
  @Test
  void createDocumentHoldsLimitsMountsAndLayers() throws IOException {
    Path data = Files.createDirectory(directory.resolve("data"));
    Path file = Files.writeString(directory.resolve("file"), "x");
    String mounts =
        "\"hostname\":\"h\",\"mounts\":[{\"source\":\"%s\",\"destination\":\"/tmp/d\",\"options\":[\"bind\",\"rw\"]},"
                .formatted(data)
            + "{\"source\":\"%s\",\"destination\":\"/tmp/f\"}],".formatted(file);
    String limits = ",\"resources\":{\"memory\":{\"limit\":1048577},\"cpu\":{\"shares\":20000}}";

    runtime.create(depot.bundle("c1", mounts, limits));

    assertThat(HcsJson.write(fake.system("c1").document))
        .isEqualTo(
            ("{\"SystemType\":\"Container\",\"Name\":\"\",\"VolumePath\":\"\\\\\\\\?\\\\Volume{a52b0e01-d5ba-48dd-af1f-7a4b2e8a8d07}\\\\\","
                    + "\"LayerFolderPath\":\"ignored\",\"Layers\":[{\"ID\":\"guid-of-l1\",\"Path\":\"C:\\\\l1\"}],"
                    + "\"ProcessorWeight\":10000,\"MemoryMaximumInMB\":2,\"HostName\":\"h\","
                    + "\"MappedDirectories\":[{\"HostPath\":\"%s\",\"ContainerPath\":\"C:\\\\tmp\\\\d\",\"ReadOnly\":false,"
                    + "\"BandwidthMaximum\":0,\"IOPSMaximum\":0,\"CreateInUtilityVM\":false}],\"HvPartition\":false}")
                .formatted(data));
  }

  // winc-runtime.md §17.37
  @Test
  void aMountThatIsAFileIsToldInTheEventsOfItsContainer() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    String mount = "\"mounts\":[{\"source\":\"%s\",\"destination\":\"/f\"}],".formatted(file);
    String text = "mount is not a directory and was ignored: " + file;
    List<ContainerEvent> events = new ArrayList<>();
    runtime.onEvent(events::add);

    runtime.create(depot.bundle("c1", mount, ""));
    fake.endpoints.put("c1", "ep");
    runtime
        .runSidecar(
            depot.bundle("side", mount, ",\"network\":{\"networkSharedContainerName\":\"c1\"}"))
        .close();

    assertThat(events)
        .containsExactly(new ContainerEvent("c1", text), new ContainerEvent("c1", text));
  }

  @Test
  void failureOfEachStepLeavesNothing() throws IOException {
    for (String function :
        List.of("HcsStartComputeSystem", "HcsCreateProcess", "SetVolumeMountPointW")) {
      fake.fail(function, HcsErrors.ACCESS_DENIED);

      assertThatThrownBy(() -> runtime.create(depot.bundle("c1")))
          .isInstanceOf(GardenException.class)
          .hasMessageContaining("Access is denied.");

      assertThat(fake.systems).as(function).isEmpty();
      assertThat(fake.mounts).isEmpty();
      assertThat(fake.openHandles).hasValue(0);
      assertThat(directory.resolve("state/c1")).doesNotExist();
      assertThat(directory.resolve("proc"))
          .satisfiesAnyOf(p -> assertThat(p).doesNotExist(), p -> assertThat(p).isEmptyDirectory());
      fake.faults.clear();
    }
  }

  @Test
  void secondContainerOfTheSameHandleIsRefused() throws IOException {
    Path bundle = depot.bundle("c1");
    runtime.create(bundle);

    assertThatThrownBy(() -> runtime.create(bundle))
        .hasMessage("container with id already exists: c1");
    assertThat(fake.systems).containsKey("c1");
  }

  @Test
  void runStartsAProcessWithPipes() throws Exception {
    runtime.create(depot.bundle("c1"));

    try (ContainerProcess process =
        runtime.run(
            "c1",
            OciProcess.of(
                List.of("cmd", "/C", "echo a"), List.of("a=1", "A=2"), "/home", "vcap"))) {
      FakeHost.Process started = fake.system("c1").process(process.pid());
      assertThat(started.document)
          .isEqualTo(
              ProcessDocument.of(
                  "cmd.exe /C \"echo a\"", "vcap", "C:\\home", java.util.Map.of("A", "2"), true));
      started.end(0xC000013AL);
      assertThat(process.exited().get(5, TimeUnit.SECONDS)).isEqualTo(0xC000013AL);
    }
  }

  // winc-runtime.md §17.3
  @Test
  void missingProgramIsExecutableNotFound() throws IOException {
    runtime.create(depot.bundle("c1"));
    fake.fail("HcsCreateProcess", HcsErrors.FILE_NOT_FOUND);

    assertThatThrownBy(() -> runtime.run("c1", process("nope")))
        .isInstanceOf(GardenException.ExecutableNotFound.class)
        .hasMessage(
            "The system cannot find the file specified.: could not start command 'nope.exe' in container: c1");
  }

  @Test
  void operationsOnAnUnknownHandleSayContainerNotFound() {
    assertThatThrownBy(() -> runtime.run("x", process("cmd")))
        .isInstanceOf(GardenException.ContainerNotFound.class);
    assertThatThrownBy(() -> runtime.stats("x"))
        .isInstanceOf(GardenException.ContainerNotFound.class);
    assertThat(runtime.state("x")).isEmpty();
    runtime.delete("x");
  }

  // winc-runtime.md §18 case 70, 17.34
  @Test
  void statsComeFromOneQueryForRequestsThatComeTogether() throws IOException {
    runtime.create(depot.bundle("c1"));

    assertThat(runtime.stats("c1").cpuTotalNanos()).isEqualTo(12300);
    assertThat(runtime.stats("c1").memoryBytes()).isEqualTo(52428800);
    assertThat(runtime.stats("c1").processes()).isEqualTo(1);
    assertThat(fake.calls)
        .filteredOn(c -> c.startsWith("HcsGetComputeSystemProperties"))
        .containsExactly(
            "HcsGetComputeSystemProperties {\"PropertyTypes\":[\"Statistics\",\"ProcessList\"]}");
  }

  // winc-runtime.md §18 case 62, 17.11 and 17.13
  @Test
  void deleteEndsSidecarsFirstAndRemovesEverything() throws IOException {
    runtime.create(depot.bundle("c1"));
    fake.systems.put(
        "foreign",
        fake
        .new System(
            "foreign", io.gardencell.hcs.document.SystemDocument.container().owner("c1").build()));

    runtime.delete("c1");
    runtime.delete("c1");

    assertThat(fake.systems).containsOnlyKeys("foreign");
    assertThat(fake.mounts).isEmpty();
    assertThat(fake.openHandles).hasValue(0);
    assertThat(directory.resolve("state/c1")).doesNotExist();
  }

  @Test
  void containerThatDoesNotShutDownIsTerminated() throws IOException {
    runtime.create(depot.bundle("c1"));
    fake.shutdownHangs = true;

    runtime.delete("c1");

    assertThat(fake.calls).contains("HcsShutdownComputeSystem c1", "HcsTerminateComputeSystem c1");
    assertThat(fake.systems).isEmpty();
  }

  // winc-runtime.md §17.40
  @Test
  void anotherContainersVolumeIsNotUnmounted() throws IOException {
    ContainerState state = runtime.create(depot.bundle("c1"));
    fake.mounts.put(state.root(), "\\\\?\\Volume{other}\\");

    runtime.delete("c1");

    assertThat(fake.mounts).containsValue("\\\\?\\Volume{other}\\");
  }

  // winc-runtime.md §17.41
  @Test
  void aVolumeThatIsNotTheBundlesIsNotUnmountedForAStateOfTheReference() throws IOException {
    ContainerState state = runtime.create(depot.bundle("c1"));
    Path file = directory.resolve("state").resolve("c1").resolve("state.json");
    Files.writeString(
        file, Files.readString(file).replaceFirst(",\"mounted_volume\":\"[^\"]*\"", ""));
    fake.mounts.put(state.root(), "\\\\?\\Volume{other}\\");

    runtime.delete("c1");

    assertThat(fake.mounts).containsValue("\\\\?\\Volume{other}\\");
    assertThat(file).doesNotExist();
  }

  // winc-runtime.md §17.6
  @Test
  void staleMountOfAReusedPidIsCleared() throws IOException {
    Path stale = directory.resolve("proc/101/root");
    Files.createDirectories(stale);
    fake.mounts.put(stale, "\\\\?\\Volume{old}\\");

    ContainerState state = runtime.create(depot.bundle("c1"));

    assertThat(fake.mounts).containsOnly(java.util.Map.entry(state.root(), VOLUME));
  }

  // winc-runtime.md §17.5
  @Test
  void anInitProcessThatEndsAtOnceIsNoFailure() throws IOException {
    fake.processesVanish = true;

    ContainerState state = runtime.create(depot.bundle("c1"));

    assertThat(state.status()).isEqualTo(Status.STOPPED);
    assertThat(fake.systems).containsKey("c1");
    runtime.delete("c1");
    assertThat(fake.mounts).isEmpty();
  }

  // winc-runtime.md §18 case 53
  @Test
  void endOfTheInitProcessIsStateStopped() throws IOException {
    ContainerState state = runtime.create(depot.bundle("c1"));

    fake.system("c1").process(state.pid()).end(0);

    assertThat(runtime.state("c1").orElseThrow().status()).isEqualTo(Status.STOPPED);
  }

  @Test
  void processesAreFoundAgainByPid() throws IOException {
    ContainerState state = runtime.create(depot.bundle("c1"));

    assertThat(runtime.attach("c1", state.pid()).orElseThrow().pid()).isEqualTo(state.pid());
    assertThat(runtime.attach("c1", 4711)).isEmpty();
  }

  // winc-runtime.md §18 case 72
  @Test
  void anEmptyAnswerIsNoStatistics() throws IOException {
    runtime.create(depot.bundle("c1"));
    fake.faults.put(
        "HcsGetComputeSystemProperties",
        new HcsException(
            "HcsGetComputeSystemProperties",
            "c1",
            HcsErrors.INVALID_DATA,
            "unexpected value returned from hcs",
            List.of()));

    assertThatThrownBy(() -> runtime.stats("c1")).hasMessage("unexpected value returned from hcs");
  }

  // winc-runtime.md §18 case 73, §17.14
  @Test
  void handlesOfManyProcessesAreAllClosed() throws IOException {
    List<ContainerProcess> processes = new ArrayList<>();
    for (int c = 0; c < 20; c++) {
      String handle = "c" + c;
      runtime.create(depot.bundle(handle));
      for (int p = 0; p < 10; p++) {
        processes.add(runtime.run(handle, OciProcess.of(List.of("x"), List.of(), "/", "")));
      }
    }
    assertThat(fake.openHandles).hasValueGreaterThanOrEqualTo(220);

    processes.forEach(ContainerProcess::kill);
    processes.forEach(p -> p.exited().join());
    processes.forEach(ContainerProcess::close);
    for (int c = 0; c < 20; c++) {
      runtime.delete("c" + c);
    }

    assertThat(fake.openHandles).hasValue(0);
    assertThat(fake.mounts).isEmpty();
  }

  // winc-runtime.md §17.6
  @Test
  void mountsOfAnEarlierBootAreSweptWhenContainersAreListed() throws IOException {
    runtime.create(depot.bundle("c1"));
    Path stale = Files.createDirectories(directory.resolve("proc").resolve("77").resolve("root"));
    fake.mounts.put(stale, "\\\\?\\Volume{old}\\");

    runtime.containers();

    assertThat(fake.mounts).hasSize(1).doesNotContainKey(stale);
  }

  private static OciProcess process(String program) {
    return OciProcess.of(List.of(program), List.of(), "/", "");
  }
}
