package io.gardencell.hcs;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Mount points of container volumes, named {@code \\?\Volume{GUID}\} (SetVolumeMountPointW,
 * DeleteVolumeMountPointW, GetVolumeNameForVolumeMountPointW).
 */
public interface HostVolumes {

  /**
   * Directory below which {@code <pid>\root} mount points are made by default: {@code C:\proc} on
   * Windows, a directory of the emulator's elsewhere.
   */
  Path mountRoot();

  /**
   * Mounts the volume at an existing empty directory. The volume name may or may not end in a
   * backslash.
   */
  void mount(Path mountPoint, String volume);

  /** Removes the mount, leaves an empty directory, never touches what is in the volume. */
  void unmount(Path mountPoint);

  /** Name of the volume mounted here, with its trailing backslash; empty if none is. */
  Optional<String> mountedVolume(Path mountPoint);
}
