package io.gardencell.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.spi.ContainerProcess;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.SystemExit;
import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.SystemDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Creating and deleting step by step, with a failure at each of them. */
class ContainersTest {

  private static final String NOT_UNMOUNTED = "error deleting mount point: Access is denied.";
  private static final String NOT_TERMINATED =
      "container c1 encountered an error during hcs::System::Terminate: failure in a Windows system call: Access is denied. (0x5)";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private FakeHost fake;

  @SuppressWarnings("NullAway.Init")
  private WincRuntime runtime;

  @SuppressWarnings("NullAway.Init")
  private Containers containers;

  @BeforeEach
  void open() {
    fake = new FakeHost(directory.resolve("proc"));
    runtime =
        new WincRuntime(
            fake.host(),
            RuntimeConfig.ofRoot(directory.resolve("state"))
                .withStopTimeouts(Duration.ofMillis(1), Duration.ofMillis(1)));
    containers = runtime.lifeCycle();
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  // winc-runtime.md §18 case 29
  @Test
  void anIdThatIsTakenIsRefusedBeforeAnyLayerIsLookedUp() throws IOException {
    create("c1");
    fake.calls.clear();

    assertThatThrownBy(() -> create("c1")).hasMessage("container with id already exists: c1");

    assertThat(fake.calls).noneMatch(c -> c.startsWith("NameToGuid"));
  }

  // winc-runtime.md §17.36
  @Test
  void anIdThatWasTakenMeanwhileHasTheSameText() throws IOException {
    fake.fail("HcsCreateComputeSystem", 0x8037010F);

    assertThatThrownBy(() -> create("c1")).hasMessage("container with id already exists: c1");
  }

  // winc-runtime.md §18 cases 30 and 32
  @Test
  void refusalsOfTheServiceAreNamed() throws IOException {
    fake.fail("HcsEnumerateComputeSystems", HcsErrors.ACCESS_DENIED);
    assertThatThrownBy(() -> create("c1")).hasMessage("hcs::GetComputeSystems: Access is denied.");
    fake.faults.clear();
    fake.fail("HcsCreateComputeSystem", HcsErrors.ACCESS_DENIED);
    assertThatThrownBy(() -> create("c1"))
        .hasMessage("hcs::CreateComputeSystem c1: Access is denied.");
    assertThat(fake.openHandles).hasValue(0);
  }

  // winc-runtime.md §18 case 31
  @Test
  void theServicesOwnEventsAreTold() throws IOException {
    fake.faults.put(
        "HcsCreateComputeSystem",
        new HcsException(
            "HcsCreateComputeSystem",
            "c1",
            HcsErrors.INVALID_PARAMETER,
            "The parameter is incorrect.",
            List.of("[Event Detail: no such layer Provider: p EventID: 5]")));

    assertThatThrownBy(() -> create("c1"))
        .hasMessage(
            "hcs::CreateComputeSystem c1: The parameter is incorrect."
                + "\n[Event Detail: no such layer Provider: p EventID: 5]");
  }

  // winc-runtime.md §14
  @Test
  void waitingInVainIsNotASystemCall() throws IOException {
    fake.faults.put(
        "HcsStartComputeSystem",
        new HcsException(
            "HcsStartComputeSystem",
            "c1",
            HcsErrors.TIMEOUT,
            "hcsshim: timeout waiting for notification",
            List.of()));

    assertThatThrownBy(() -> create("c1"))
        .hasMessage(
            "container c1 encountered an error during hcs::System::Start: hcsshim: timeout waiting for notification");
  }

  // winc-runtime.md §18 case 34
  @Test
  void aSystemThatDoesNotStartIsEnded() throws IOException {
    fake.fail("HcsStartComputeSystem", HcsErrors.COMMITMENT_LIMIT);

    assertThatThrownBy(() -> create("c1"))
        .hasMessageStartingWith(
            "container c1 encountered an error during hcs::System::Start: failure in a Windows system call: ")
        .hasMessageEndingWith("(0x5af)");

    assertThat(fake.calls).contains("HcsShutdownComputeSystem c1");
    assertThat(fake.systems).isEmpty();
    assertThat(fake.openHandles).hasValue(0);
  }

  // winc-runtime.md §18 case 34
  @Test
  void aSystemThatStopsInsteadOfStartingIsOnlyClosed() throws IOException {
    fake.stopsWhenStarted = true;
    fake.fail("HcsStartComputeSystem", HcsErrors.UNEXPECTED_EXIT);

    assertThatThrownBy(() -> create("c1"))
        .hasMessageStartingWith("container c1 encountered an error during hcs::System::Start: ")
        .hasMessageEndingWith("(0xc0370106)")
        .hasNoSuppressedExceptions();

    assertThat(fake.calls)
        .contains("HcsStartComputeSystem c1")
        .noneMatch(c -> c.startsWith("HcsShutdown") || c.startsWith("HcsTerminate"));
    assertThat(fake.openHandles).hasValue(0);
    assertThat(directory.resolve("state").resolve("c1")).doesNotExist();
  }

  // winc-runtime.md §18 case 35
  @Test
  void withoutAStateFileThereIsNoContainer() throws IOException {
    Files.writeString(directory.resolve("state"), "a file where the directory should be");

    assertThatThrownBy(() -> create("c1")).isInstanceOf(GardenException.class);

    assertThat(fake.systems).isEmpty();
  }

  // winc-runtime.md §18 cases 24 (example 2) and 36
  @Test
  void aSidecarSharesTheNetworkOfItsContainer() throws IOException {
    Path bundle = bundle("side", ",\"network\":{\"networkSharedContainerName\":\"main-c\"}");
    assertThatThrownBy(() -> containers.create(bundle, "side", new CloseStack()))
        .hasMessage("Endpoint main-c not found");
    assertThat(fake.calls).noneMatch(c -> c.startsWith("HcsCreateComputeSystem"));

    fake.endpoints.put("main-c", "ep-1");
    containers.create(bundle, "side", new CloseStack());

    assertThat(HcsJson.write(fake.system("side").document))
        .isEqualTo(
            "{\"SystemType\":\"Container\",\"Name\":\"\",\"Owner\":\"main-c\",\"VolumePath\":\"vol\","
                + "\"LayerFolderPath\":\"ignored\",\"Layers\":[{\"ID\":\"guid-of-l1\",\"Path\":\"C:\\\\l1\"}],"
                + "\"HvPartition\":false,\"NetworkSharedContainerName\":\"main-c\",\"EndpointList\":[\"ep-1\"]}");
  }

  @Test
  void aNamedPipeOfTheHostIsMapped() throws IOException {
    Path bundle =
        bundle(
            "c1",
            "},\"mounts\":[{\"source\":\"\\\\\\\\.\\\\pipe\\\\docker\",\"destination\":\"\\\\\\\\.\\\\pipe\\\\d\"}],\"x\":{");

    containers.create(bundle, "c1", new CloseStack());

    assertThat(HcsJson.write(fake.system("c1").document.mappedPipes()))
        .isEqualTo("[{\"HostPath\":\"\\\\\\\\.\\\\pipe\\\\docker\",\"ContainerPipeName\":\"d\"}]");
  }

  // winc-runtime.md §18 case 63
  @Test
  void aStoppedSystemIsOnlyClosed() throws IOException {
    fake.pin("c1", "Stopped", SystemDocument.container().build());
    new StateDirectory(directory.resolve("state")).write("c1", StateFile.created("b"));

    containers.delete("c1", false);

    assertThat(fake.calls)
        .noneMatch(c -> c.startsWith("HcsShutdown") || c.startsWith("HcsTerminate"));
    assertThat(fake.openHandles).hasValue(0);
  }

  // winc-runtime.md §18 case 64
  @Test
  void aSystemThatIsNotEndedAtAllIsTold() throws IOException {
    create("c1");
    fake.fail("HcsShutdownComputeSystem", HcsErrors.ACCESS_DENIED);
    fake.fail("HcsTerminateComputeSystem", HcsErrors.ACCESS_DENIED);

    assertThatThrownBy(() -> containers.delete("c1", true))
        .hasMessage(
            "container c1 encountered an error during hcs::System::Terminate: failure in a Windows system call: Access is denied. (0x5)");

    fake.faults.clear();
    fake.shutdownHangs = true;
    fake.terminateHangs = true;
    assertThatThrownBy(() -> containers.delete("c1", true))
        .hasMessageEndingWith(
            "hcsshim::ComputeSystem::Wait: hcsshim: timeout waiting for notification");
    fake.terminateHangs = false;
    assertThatThrownBy(() -> containers.delete("c1", true)).hasMessageContaining("state.json");
    assertThat(fake.systems).isEmpty();
    containers.delete("c1", true);
  }

  // winc-runtime.md §17.12
  @Test
  @Timeout(20)
  void aSystemThatOnlyClaimsToHaveStoppedIsTerminatedWithoutWaiting() throws IOException {
    try (WincRuntime patient =
        new WincRuntime(fake.host(), RuntimeConfig.ofRoot(directory.resolve("state")))) {
      create("c1");
      fake.claimsToHaveStopped = true;

      patient.lifeCycle().delete("c1", false);
    }

    assertThat(fake.calls).contains("HcsShutdownComputeSystem c1", "HcsTerminateComputeSystem c1");
    assertThat(fake.systems).isEmpty();
  }

  // winc-runtime.md §17.12
  @Test
  void aSystemThatCrashesWhileItIsEndedIsGone() throws IOException {
    create("c1");
    fake.endsWith = new SystemExit(HcsErrors.UNEXPECTED_EXIT, "");

    containers.delete("c1", false);

    assertThat(fake.calls).noneMatch(c -> c.startsWith("HcsTerminate"));
    assertThat(fake.openHandles).hasValue(0);
  }

  // winc-runtime.md §18 case 66, §17.9
  @Test
  void anUnreadableStateFileIsToldAndTheRestIsDeleted() throws IOException {
    create("c1");
    containers.start("c1", bundleOf("c1"), false, new CloseStack()).close();
    assertThat(fake.mounts).isNotEmpty();
    Files.writeString(directory.resolve("state").resolve("c1").resolve("state.json"), "{");

    assertThatThrownBy(() -> containers.delete("c1", true))
        .hasMessage("unexpected end of JSON input");

    assertThat(fake.systems).isEmpty();
    assertThat(fake.mounts).as("found by its processes").isEmpty();
    assertThat(directory.resolve("state").resolve("c1")).doesNotExist();
  }

  // winc-runtime.md §18 case 67
  @Test
  void sidecarsGoFirstAndOneThatFailsStopsNothing() throws IOException {
    create("c1");
    fake.endpoints.put("c1", "ep");
    for (String side : List.of("side1", "side2")) {
      containers.create(
          bundle(side, ",\"network\":{\"networkSharedContainerName\":\"c1\"}"),
          side,
          new CloseStack());
    }
    Files.delete(directory.resolve("state").resolve("side1").resolve("state.json"));
    fake.calls.clear();

    assertThatThrownBy(() -> containers.delete("c1", false)).hasMessageContaining("state.json");

    assertThat(fake.calls)
        .filteredOn(c -> c.startsWith("HcsShutdown"))
        .containsExactly(
            "HcsShutdownComputeSystem side1",
            "HcsShutdownComputeSystem side2",
            "HcsShutdownComputeSystem c1");
    assertThat(fake.systems).isEmpty();
  }

  // winc-runtime.md §18 case 68
  @Test
  void everyFailureOfADeletionIsToldOnALineOfItsOwn() throws IOException {
    createWithUnreadableState("c1");
    refuseEveryEnd();

    assertThatThrownBy(() -> containers.delete("c1", false))
        .hasMessage(NOT_UNMOUNTED + "\nunexpected end of JSON input\n" + NOT_TERMINATED);

    assertThat(directory.resolve("state").resolve("c1")).doesNotExist();
  }

  // winc-runtime.md §18 case 68
  @Test
  void aStateDirectoryThatStaysIsToldBetweenTheMountAndTheSystem() throws IOException {
    createWithUnreadableState("c1");
    refuseEveryEnd();
    Path state = directory.resolve("state").resolve("c1");
    Path deep = tooDeepToBeRemoved(state);
    try {
      assertThatThrownBy(() -> containers.delete("c1", false))
          .message()
          .satisfies(
              text ->
                  assertThat(text.lines())
                      .hasSize(4)
                      .startsWith(NOT_UNMOUNTED, "unexpected end of JSON input")
                      .endsWith(NOT_TERMINATED)
                      .element(2)
                      .asString()
                      .startsWith("remove " + state + ": ")
                      .endsWith("File name too long"));
    } finally {
      Files.move(deep, directory.resolve("half"));
    }
  }

  @Test
  void theStateFileOfAMountThatIsLeftStays() throws IOException {
    create("c1");
    containers.start("c1", bundleOf("c1"), false, new CloseStack()).close();
    refuseEveryEnd();

    assertThatThrownBy(() -> containers.delete("c1", false))
        .hasMessage(NOT_UNMOUNTED + "\n" + NOT_TERMINATED);

    fake.faults.clear();
    containers.delete("c1", false);
    assertThat(fake.mounts).isEmpty();
    assertThat(fake.systems).isEmpty();
  }

  // winc-runtime.md §18 case 69
  @Test
  void aContainerThatVanishesMeanwhileIsDeleted() throws IOException {
    create("c1");
    fake.fail("HcsShutdownComputeSystem", HcsErrors.SYSTEM_NOT_FOUND);

    containers.delete("c1", true);

    assertThat(fake.openHandles).hasValue(0);
  }

  // winc-runtime.md §18 case 72
  @Test
  void anEmptyAnswerIsNoStatistics() throws IOException {
    create("c1");
    fake.faults.put(
        "HcsGetComputeSystemProperties",
        new HcsException(
            "HcsGetComputeSystemProperties",
            "c1",
            HcsErrors.INVALID_DATA,
            "unexpected value returned from hcs",
            List.of()));

    assertThatThrownBy(() -> containers.stats("c1"))
        .hasMessage("unexpected value returned from hcs");
  }

  // winc-runtime.md §18 case 73, §17.14
  @Test
  void handlesOfManyProcessesAreAllClosed() throws IOException {
    List<ContainerProcess> processes = new ArrayList<>();
    for (int c = 0; c < 20; c++) {
      String handle = "c" + c;
      runtime.create(bundle(handle, ""));
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
    runtime.create(bundle("c1", ""));
    Path stale = Files.createDirectories(directory.resolve("proc").resolve("77").resolve("root"));
    fake.mounts.put(stale, "\\\\?\\Volume{old}\\");

    runtime.containers();

    assertThat(fake.mounts).hasSize(1).doesNotContainKey(stale);
  }

  private void create(String handle) throws IOException {
    CloseStack undo = new CloseStack();
    try {
      containers.create(bundle(handle, ""), handle, undo);
    } catch (GardenException e) {
      throw undo.undo(e);
    }
  }

  private void createWithUnreadableState(String handle) throws IOException {
    create(handle);
    containers.start(handle, bundleOf(handle), false, new CloseStack()).close();
    Files.writeString(directory.resolve("state").resolve(handle).resolve("state.json"), "{");
  }

  private void refuseEveryEnd() {
    fake.fail("DeleteVolumeMountPointW", HcsErrors.ACCESS_DENIED);
    fake.fail("HcsShutdownComputeSystem", HcsErrors.ACCESS_DENIED);
    fake.fail("HcsTerminateComputeSystem", HcsErrors.ACCESS_DENIED);
  }

  /**
   * Makes a tree in a directory whose innermost paths no system call takes, not even from root: two
   * halves of legal length, one moved to the end of the other.
   *
   * @return the lower half, to be moved away again before anybody can remove the rest
   */
  private Path tooDeepToBeRemoved(Path parent) throws IOException {
    String half = ("d".repeat(200) + "/").repeat(12);
    Path upper = Files.createDirectories(parent.resolve(half));
    Path lower = directory.resolve("half");
    Files.createDirectories(lower.resolve(half));
    return Files.move(lower, upper.resolve("half"));
  }

  private io.gardencell.runtime.bundle.Bundle bundleOf(String handle) {
    return io.gardencell.runtime.bundle.Bundle.load(
        directory.resolve("depot").resolve(handle), handle);
  }

  private Path bundle(String handle, String windows) throws IOException {
    Path bundle = Files.createDirectories(directory.resolve("depot").resolve(handle));
    Files.writeString(
        bundle.resolve("config.json"),
        "{\"ociVersion\":\"1.2.1\",\"process\":{\"args\":[\"init\"],\"cwd\":\"/\"},"
            + "\"root\":{\"path\":\"vol\"},\"windows\":{\"layerFolders\":[\"C:\\\\l1\"]"
            + windows
            + "}}");
    return bundle;
  }
}
