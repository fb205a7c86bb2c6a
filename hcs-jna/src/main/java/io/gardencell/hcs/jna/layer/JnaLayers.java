package io.gardencell.hcs.jna.layer;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import io.gardencell.hcs.LayerImport;
import io.gardencell.hcs.ScratchLayers;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Guid;
import io.gardencell.hcs.jna.win32.NativeLibraries;
import io.gardencell.hcs.jna.win32.Wide;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;

/**
 * Layers of vmcompute.dll; any thread, one prepare at a time (a Windows fault makes two time out).
 */
public final class JnaLayers implements ScratchLayers, LayerImport {

  private final VmComputeLayers dll;
  private final Failures failures;
  private final ScratchDisk disk;
  private final DriverInfo info = new DriverInfo();
  private final ReentrantLock preparing = new ReentrantLock();

  JnaLayers(VmComputeLayers dll, Failures failures, ScratchDisk disk) {
    this.dll = dll;
    this.failures = failures;
    this.disk = disk;
  }

  /**
   * Binds the layer functions of vmcompute.dll, and virtdisk.dll.
   *
   * @param build of this Windows
   * @throws io.gardencell.hcs.HcsException 0x7e naming vmcompute.dll if there is none
   */
  public static JnaLayers of(NativeLibraries libraries, Failures failures, int build) {
    VirtDisk virtDisk = NativeLibraries.load("virtdisk", VirtDisk.class);
    return new JnaLayers(
        NativeLibraries.vmcompute(VmComputeLayers.class),
        failures,
        new ScratchDisk(virtDisk, libraries.kernel32(), failures, build));
  }

  @Override
  public boolean exists(Path layer) {
    var exists = new IntByReference();
    check(
        "LayerExists",
        layer,
        () -> dll.LayerExists(info.pointer(), Wide.of(layer.toString()), exists));
    return exists.getValue() != 0;
  }

  @Override
  public void create(Path layer, List<Path> parents) {
    try (LayerDescriptors list = descriptors(parents)) {
      check(
          "CreateSandboxLayer",
          layer,
          () ->
              dll.CreateSandboxLayer(
                  info.pointer(),
                  Wide.of(layer.toString()),
                  Pointer.NULL,
                  list.pointer(),
                  list.count()));
    }
  }

  @Override
  public void activate(Path layer) {
    check(
        "ActivateLayer", layer, () -> dll.ActivateLayer(info.pointer(), Wide.of(layer.toString())));
  }

  @Override
  public void prepare(Path layer, List<Path> parents) {
    preparing.lock();
    try (LayerDescriptors list = descriptors(parents)) {
      check(
          "PrepareLayer",
          layer,
          () ->
              dll.PrepareLayer(
                  info.pointer(), Wide.of(layer.toString()), list.pointer(), list.count()));
    } finally {
      preparing.unlock();
    }
  }

  @Override
  public Optional<String> mountPath(Path layer) {
    var length = new LongByReference(0);
    var id = Wide.of(layer.toString());
    check(
        "GetLayerMountPath",
        layer,
        () -> dll.GetLayerMountPath(info.pointer(), id, length, Pointer.NULL));
    if (length.getValue() == 0) {
      return Optional.empty();
    }
    try (Memory buffer = new Memory(2 * length.getValue())) {
      buffer.clear();
      check(
          "GetLayerMountPath",
          layer,
          () -> dll.GetLayerMountPath(info.pointer(), id, length, buffer));
      String path = Wide.of(buffer);
      return path.isEmpty() ? Optional.empty() : Optional.of(path);
    }
  }

  @Override
  public void unprepare(Path layer) {
    check(
        "UnprepareLayer",
        layer,
        () -> dll.UnprepareLayer(info.pointer(), Wide.of(layer.toString())));
  }

  @Override
  public void deactivate(Path layer) {
    check(
        "DeactivateLayer",
        layer,
        () -> dll.DeactivateLayer(info.pointer(), Wide.of(layer.toString())));
  }

  @Override
  public void destroy(Path layer) {
    check("DestroyLayer", layer, () -> dll.DestroyLayer(info.pointer(), Wide.of(layer.toString())));
  }

  @Override
  public void expand(Path layer, long bytes) {
    check(
        "ExpandSandboxSize",
        layer,
        () -> dll.ExpandSandboxSize(info.pointer(), Wide.of(layer.toString()), bytes));
    if (disk.isForgotten()) {
      disk.extendVolume(layer, grown -> mountPath(grown).orElseThrow());
    }
  }

  @Override
  public String nameToGuid(String name) {
    try (Memory guid = new Memory(Guid.BYTES)) {
      guid.clear();
      int code = failures.call("NameToGuid", () -> dll.NameToGuid(Wide.of(name), guid));
      failures.check(code, "NameToGuid", name);
      return Guid.text(guid.getByteArray(0, Guid.BYTES));
    }
  }

  @Override
  public void importLayer(Path layer, Path importFolder, List<Path> parents) {
    try (LayerDescriptors list = descriptors(parents)) {
      check(
          "ImportLayer",
          layer,
          () ->
              dll.ImportLayer(
                  info.pointer(),
                  Wide.of(layer.toString()),
                  Wide.of(importFolder.toString()),
                  list.pointer(),
                  list.count()));
    }
  }

  @Override
  public void processBaseImage(Path layer) {
    check("ProcessBaseImage", layer, () -> dll.ProcessBaseImage(Wide.of(layer.toString())));
  }

  @Override
  public void processUtilityImage(Path utilityVm) {
    check(
        "ProcessUtilityImage",
        utilityVm,
        () -> dll.ProcessUtilityImage(Wide.of(utilityVm.toString())));
  }

  private LayerDescriptors descriptors(List<Path> parents) {
    return LayerDescriptors.of(parents, parent -> nameToGuid(String.valueOf(parent.getFileName())));
  }

  private void check(String function, Path layer, IntSupplier call) {
    failures.check(failures.call(function, call), function, layer.toString());
  }
}
