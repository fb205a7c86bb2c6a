package io.gardencell.emulator.volume;

import io.gardencell.emulator.state.Failures;
import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostVolumes;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Volumes are directories; a mount is a symbolic link to one. Any thread. */
public final class EmulatedVolumes implements HostVolumes {

  private static final int DIRECTORY_NOT_EMPTY = 0x91;
  private static final Pattern NAME =
      Pattern.compile("\\\\\\\\\\?\\\\Volume\\{([0-9a-fA-F-]{36})\\}\\\\?");

  private final StateDirectory state;

  /** Volumes of a state directory. */
  public EmulatedVolumes(StateDirectory state) {
    this.state = state;
  }

  static String name(String guid) {
    return "\\\\?\\Volume{" + guid + "}\\";
  }

  /** The directory that is the volume. */
  public Path directory(String volume, String function) {
    Matcher name = NAME.matcher(volume);
    if (!name.matches()) {
      throw new HcsException(function, volume, HcsErrors.INVALID_NAME);
    }
    Path directory = state.volumes().resolve(name.group(1).toLowerCase(java.util.Locale.ROOT));
    if (!Files.isDirectory(directory)) {
      throw new HcsException(function, volume, HcsErrors.FILE_NOT_FOUND);
    }
    return directory;
  }

  @Override
  public Path mountRoot() {
    return state.root().resolve("proc");
  }

  @Override
  public void mount(Path mountPoint, String volume) {
    String function = "SetVolumeMountPointW";
    Path target = directory(volume, function);
    if (!Files.isDirectory(mountPoint, LinkOption.NOFOLLOW_LINKS)) {
      int code =
          Files.exists(mountPoint, LinkOption.NOFOLLOW_LINKS)
              ? DIRECTORY_NOT_EMPTY
              : HcsErrors.FILE_NOT_FOUND;
      throw new HcsException(function, mountPoint.toString(), code);
    }
    try {
      Files.delete(mountPoint);
      try {
        Files.createSymbolicLink(mountPoint, target);
      } catch (IOException e) {
        Files.createDirectory(mountPoint);
        throw e;
      }
    } catch (DirectoryNotEmptyException e) {
      throw new HcsException(function, mountPoint.toString(), DIRECTORY_NOT_EMPTY);
    } catch (IOException e) {
      throw Failures.of(function, mountPoint.toString(), e);
    }
  }

  @Override
  public void unmount(Path mountPoint) {
    String function = "DeleteVolumeMountPointW";
    if (mountedVolume(mountPoint).isEmpty()) {
      throw new HcsException(
          function,
          mountPoint.toString(),
          Files.exists(mountPoint) ? HcsErrors.INVALID_PARAMETER : HcsErrors.FILE_NOT_FOUND);
    }
    try {
      Files.delete(mountPoint);
      Files.createDirectory(mountPoint);
    } catch (IOException e) {
      throw Failures.of(function, mountPoint.toString(), e);
    }
  }

  @Override
  public Optional<String> mountedVolume(Path mountPoint) {
    try {
      if (!Files.isSymbolicLink(mountPoint)) {
        return Optional.empty();
      }
      Path target = Files.readSymbolicLink(mountPoint);
      return state.volumes().equals(target.getParent())
          ? Optional.of(name(String.valueOf(target.getFileName())))
          : Optional.empty();
    } catch (IOException e) {
      throw Failures.of("GetVolumeNameForVolumeMountPointW", mountPoint.toString(), e);
    }
  }
}
