package io.gardencell.hcs.jna.compute;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.jna.RunningSystem;
import io.gardencell.hcs.jna.StandIn;
import io.gardencell.hcs.jna.StandInFixture;
import io.gardencell.hcs.jna.stdio.CompletionPort;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.NativeLibraries;
import io.gardencell.hcs.jna.win32.Wide;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Functions for compute systems that are bound so that the native surface is whole, but that no
 * part of the product asks for: their signatures, told by what arrives at the stand-in. Run by
 * acceptance/win64/run.sh only.
 */
@Timeout(60)
class RareComputeFunctionsIT {

  private final StandIn standIn = new StandIn();
  private final NativeLibraries libraries = NativeLibraries.load();
  private final Failures failures = new Failures(libraries.kernel32(), libraries.ole32());
  private final VmCompute compute = NativeLibraries.vmcompute(VmCompute.class);
  private final PointerByReference result = new PointerByReference();
  private StandInFixture fixture;

  @BeforeEach
  void openHost() {
    fixture = new StandInFixture();
  }

  @AfterEach
  void closeHost() {
    fixture.close();
  }

  // hcs-abi.md §4: notifications 4, 5 and 8
  @Test
  void aSystemIsPausedResumedAndSaved() {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    var pipes = new CompletionPort(libraries.kernel32(), failures);
    var calls = new ComputeCalls(compute, failures, new Notifications(executor), pipes, executor);
    String id = "rare-" + UUID.randomUUID();
    SystemDocument document = RunningSystem.document(fixture);
    var handle = new PointerByReference();
    calls.invokePending(
        "HcsCreateComputeSystem",
        id,
        r ->
            compute.HcsCreateComputeSystem(
                Wide.of(id), Wide.of(HcsJson.write(document)), Pointer.NULL, handle, r));
    Pointer system = handle.getValue();
    var jobs = new SiloJob(libraries.ntdll(), libraries.kernel32());
    try (JnaComputeSystem owner = JnaComputeSystem.register(calls, jobs, id, system)) {
      owner.await(
          Notifications.SYSTEM_CREATE_COMPLETED, "HcsCreateComputeSystem", RunningSystem.LIMIT);
      owner.start(RunningSystem.LIMIT);

      calls.invokePending(
          "HcsPauseComputeSystem",
          id,
          r -> compute.HcsPauseComputeSystem(system, Wide.of("{}"), r));
      owner.await(0x4, "HcsPauseComputeSystem", RunningSystem.LIMIT);
      assertThat(owner.properties().state()).isEqualTo("Paused");

      calls.invokePending(
          "HcsResumeComputeSystem",
          id,
          r -> compute.HcsResumeComputeSystem(system, Wide.of(""), r));
      owner.await(0x5, "HcsResumeComputeSystem", RunningSystem.LIMIT);
      assertThat(owner.properties().state()).isEqualTo("Running");

      calls.invokePending(
          "HcsPauseComputeSystem", id, r -> compute.HcsPauseComputeSystem(system, Wide.of(""), r));
      calls.invokePending(
          "HcsSaveComputeSystem",
          id,
          r -> compute.HcsSaveComputeSystem(system, Wide.of("{\"a\":1}"), r));
      owner.await(0x8, "HcsSaveComputeSystem", RunningSystem.LIMIT);
      assertThat(standIn.last("HcsSaveComputeSystem")).contains(id, "{\\\"a\\\":1}");
      owner.terminate();
      owner.exited().join();
    }
    pipes.close();
    executor.shutdown();
  }

  @Test
  void theServiceTellsItsPropertiesAndTakesSettings() {
    var properties = new PointerByReference();

    int told =
        compute.HcsGetServiceProperties(
            Wide.of("{\"PropertyTypes\":[\"Basic\"]}"), properties, result);
    int taken = compute.HcsModifyServiceSettings(Wide.of("{\"x\":2}"), result);

    assertThat(told).isZero();
    assertThat(failures.take(properties)).contains("SupportedSchemaVersions");
    assertThat(taken).isZero();
    assertThat(standIn.last("HcsModifyServiceSettings")).contains("{\\\"x\\\":2}");
    assertThat(standIn.left().strings()).isZero();
  }
}
