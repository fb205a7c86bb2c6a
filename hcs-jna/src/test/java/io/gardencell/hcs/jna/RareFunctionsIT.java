package io.gardencell.hcs.jna;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.SystemDocument;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Functions that are bound so that the native surface is whole, but that no part of the product
 * asks for: their signatures, told by what arrives at the stand-in. Run by acceptance/win64/run.sh
 * only.
 */
@Timeout(60)
class RareFunctionsIT {

  private static final int NOT_IMPLEMENTED = 0x80004001;

  private final StandIn standIn = new StandIn();
  private final NativeLibraries dlls = NativeLibraries.load();
  private final Failures failures = new Failures(dlls.kernel32(), dlls.ole32());
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

  private String last(String function) {
    List<String> lines = standIn.journal(function);
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }

  // hcs-abi.md §4: notifications 4, 5 and 8
  @Test
  void aSystemIsPausedResumedAndSaved() {
    VmCompute compute = dlls.compute();
    ExecutorService executor = Executors.newSingleThreadExecutor();
    var pipes = new CompletionPort(dlls.kernel32(), failures);
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
    var jobs = new SiloJob(dlls.ntdll(), dlls.kernel32());
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
      assertThat(last("HcsSaveComputeSystem")).contains(id, "{\\\"a\\\":1}");
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
        dlls.compute()
            .HcsGetServiceProperties(
                Wide.of("{\"PropertyTypes\":[\"Basic\"]}"), properties, result);
    int taken = dlls.compute().HcsModifyServiceSettings(Wide.of("{\"x\":2}"), result);

    assertThat(told).isZero();
    assertThat(failures.take(properties)).contains("SupportedSchemaVersions");
    assertThat(taken).isZero();
    assertThat(last("HcsModifyServiceSettings")).contains("{\\\"x\\\":2}");
    assertThat(standIn.left().strings()).isZero();
  }

  @Test
  void layersAreMadeExportedAndCopied() {
    Pointer info = new DriverInfo().pointer();
    Path layer = fixture.directory().resolve("made");
    assertThat(dlls.layers().CreateLayer(info, Wide.of(layer.toString()), Wide.of("parent-of-it")))
        .isZero();
    assertThat(layer).isDirectory();
    assertThat(last("CreateLayer")).contains("\"Flavour\":1", "\"parent\":\"parent-of-it\"");

    try (LayerDescriptors parents =
        LayerDescriptors.of(
            List.of(Path.of("C:\\p\\one"), Path.of("C:\\p\\two")),
            name -> "a1b2c3d4-0102-abcd-e0e1-e2e3e4e5e6e7")) {
      assertThat(
              dlls.layers()
                  .ExportLayer(
                      info,
                      Wide.of("C:\\l"),
                      Wide.of("C:\\to"),
                      parents.pointer(),
                      parents.count()))
          .isEqualTo(NOT_IMPLEMENTED);
      assertThat(
              dlls.layers()
                  .CopyLayer(
                      info, Wide.of("C:\\l"), Wide.of("C:\\m"), parents.pointer(), parents.count()))
          .isEqualTo(NOT_IMPLEMENTED);
    }
    String both =
        "\"LayerId\":\"a1b2c3d4-0102-abcd-e0e1-e2e3e4e5e6e7\",\"Flags\":0,\"Path\":\"C:\\\\p\\\\one\"";
    assertThat(last("ExportLayer"))
        .contains("\"id\":\"C:\\\\l\"", "\"exportFolderPath\":\"C:\\\\to\"", both, "p\\\\two");
    assertThat(last("CopyLayer"))
        .contains("\"id\":\"C:\\\\l\"", "\"to\":\"C:\\\\m\"", both, "p\\\\two");
  }

  @Test
  void baseImagesAreListedAndFilesGranted() {
    var images = new PointerByReference();

    assertThat(dlls.layers().GetBaseImages(images)).isZero();
    assertThat(failures.take(images)).isEqualTo("{\"Images\":[]}");
    assertThat(standIn.left().strings()).isZero();
    assertThat(dlls.layers().GrantVmAccess(Wide.of("vm-1"), Wide.of("C:\\disk.vhdx"))).isZero();
    assertThat(last("GrantVmAccess"))
        .contains("\"vmid\":\"vm-1\"", "\"filepath\":\"C:\\\\disk.vhdx\"");
  }

  // hcs-abi.md §10: the way without a completion port
  @Test
  void anOverlappedWriteIsWaitedForAndFlushed() throws Exception {
    Path file = fixture.directory().resolve("overlapped");
    Kernel32 kernel32 = dlls.kernel32();
    int overlapped = 0x40000000;
    int createAlways = 2;
    Pointer handle =
        kernel32.CreateFileW(
            Wide.of(file.toString()),
            NtFiles.GENERIC_WRITE,
            0,
            Pointer.NULL,
            createAlways,
            overlapped,
            Pointer.NULL);
    try (Memory operation = new Memory(PipeChannel.OVERLAPPED_BYTES);
        Memory bytes = new Memory(5)) {
      operation.clear();
      bytes.write(0, "hello".getBytes(StandardCharsets.US_ASCII), 0, 5);
      var written = new IntByReference();

      kernel32.WriteFile(handle, bytes, 5, null, operation);

      assertThat(kernel32.GetOverlappedResult(handle, operation, written, true)).isTrue();
      assertThat(written.getValue()).isEqualTo(5);
      assertThat(kernel32.FlushFileBuffers(handle)).isTrue();
    } finally {
      kernel32.CloseHandle(handle);
    }
    assertThat(Files.readString(file)).isEqualTo("hello");
  }
}
