package io.gardencell.hcs.jna.volume;

import com.sun.jna.Native;
import com.sun.jna.ptr.LongByReference;
import io.gardencell.hcs.HostVolumes;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;
import io.gardencell.hcs.jna.win32.Wide;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Mount points through kernel32.dll; any thread. Both names end in exactly one backslash. */
public final class JnaVolumes implements HostVolumes {

  private static final int VOLUME_NAME_CHARS = 64;

  /** File not found, path not found, invalid parameter, not a reparse point: nothing is mounted. */
  private static final Set<Integer> NOT_A_MOUNT_POINT = Set.of(0x2, 0x3, 0x57, 0x1126);

  private final Kernel32 kernel32;
  private final Failures failures;

  /** Of this host. */
  public JnaVolumes(Kernel32 kernel32, Failures failures) {
    this.kernel32 = kernel32;
    this.failures = failures;
  }

  @Override
  public Path mountRoot() {
    return Path.of("c:\\proc");
  }

  @Override
  public void mount(Path mountPoint, String volume) {
    String name = withBackslash(mountPoint.toString());
    if (!kernel32.SetVolumeMountPointW(Wide.of(name), Wide.of(withBackslash(volume)))) {
      throw failures.lastError("SetVolumeMountPointW", name);
    }
  }

  @Override
  public void unmount(Path mountPoint) {
    String name = withBackslash(mountPoint.toString());
    if (!kernel32.DeleteVolumeMountPointW(Wide.of(name))) {
      throw failures.lastError("DeleteVolumeMountPointW", name);
    }
  }

  @Override
  public Optional<String> mountedVolume(Path mountPoint) {
    String name = withBackslash(mountPoint.toString());
    char[] volume = new char[VOLUME_NAME_CHARS];
    if (kernel32.GetVolumeNameForVolumeMountPointW(Wide.of(name), volume, volume.length)) {
      return Optional.of(withBackslash(Wide.of(volume)));
    }
    int error = Native.getLastError();
    if (NOT_A_MOUNT_POINT.contains(error)) {
      return Optional.empty();
    }
    throw failures.win32(error, "GetVolumeNameForVolumeMountPointW", name);
  }

  /** Bytes that the volume's file system has in use, its own included. */
  long used(String volume) {
    String name = withBackslash(volume);
    var total = new LongByReference();
    var free = new LongByReference();
    if (!kernel32.GetDiskFreeSpaceExW(Wide.of(name), new LongByReference(), total, free)) {
      throw failures.lastError("GetDiskFreeSpaceExW", name);
    }
    return total.getValue() - free.getValue();
  }

  static String withBackslash(String name) {
    int end = name.length();
    while (end > 0 && name.charAt(end - 1) == '\\') {
      end--;
    }
    return name.substring(0, end) + "\\";
  }
}
