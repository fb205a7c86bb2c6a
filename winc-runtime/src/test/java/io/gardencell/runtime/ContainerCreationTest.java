package io.gardencell.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.HcsJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Creating step by step, with a failure at each of them. */
class ContainerCreationTest extends RuntimeTest {

  private final WincRuntime runtime = impatient();
  private final Containers containers = runtime.lifeCycle();

  ContainerCreationTest(@TempDir Path directory) {
    super(directory);
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
    Path bundle =
        depot.bundle("side", "", ",\"network\":{\"networkSharedContainerName\":\"main-c\"}");
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
        depot.bundle(
            "c1",
            "\"mounts\":[{\"source\":\"\\\\\\\\.\\\\pipe\\\\docker\",\"destination\":\"\\\\\\\\.\\\\pipe\\\\d\"}],",
            "");

    containers.create(bundle, "c1", new CloseStack());

    assertThat(HcsJson.write(fake.system("c1").document.mappedPipes()))
        .isEqualTo("[{\"HostPath\":\"\\\\\\\\.\\\\pipe\\\\docker\",\"ContainerPipeName\":\"d\"}]");
  }

  private void create(String handle) throws IOException {
    CloseStack undo = new CloseStack();
    try {
      containers.create(depot.bundle(handle), handle, undo);
    } catch (GardenException e) {
      throw undo.undo(e);
    }
  }
}
