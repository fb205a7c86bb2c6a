package io.gardencell.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.SystemExit;
import io.gardencell.hcs.document.SystemDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Deleting step by step, with a failure at each of them. */
class ContainerDeletionTest extends RuntimeTest {

  private static final String NOT_UNMOUNTED = "error deleting mount point: Access is denied.";
  private static final String NOT_TERMINATED =
      "container c1 encountered an error during hcs::System::Terminate: failure in a Windows system call: Access is denied. (0x5)";

  private final WincRuntime runtime = impatient();
  private final Containers containers = runtime.lifeCycle();

  ContainerDeletionTest(@TempDir Path directory) {
    super(directory);
  }

  @AfterEach
  void close() {
    runtime.close();
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
    containers.start("c1", depot.loaded("c1"), false, new CloseStack()).close();
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
          depot.bundle(side, "", ",\"network\":{\"networkSharedContainerName\":\"c1\"}"),
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
    containers.start("c1", depot.loaded("c1"), false, new CloseStack()).close();
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

  private void create(String handle) throws IOException {
    CloseStack undo = new CloseStack();
    try {
      containers.create(depot.bundle(handle), handle, undo);
    } catch (GardenException e) {
      throw undo.undo(e);
    }
  }

  private void createWithUnreadableState(String handle) throws IOException {
    create(handle);
    containers.start(handle, depot.loaded(handle), false, new CloseStack()).close();
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
}
