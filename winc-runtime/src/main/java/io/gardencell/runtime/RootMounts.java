package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostVolumes;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Volumes of containers mounted at {@code <mount root>\<pid>\root}, where the server reaches their
 * files (Source: winc: runtime/mount). Any thread; nothing ever descends into a mounted volume.
 */
final class RootMounts {

  private static final Logger log = LoggerFactory.getLogger(RootMounts.class);

  private final HostVolumes volumes;
  private final Path mountRoot;

  RootMounts(HostVolumes volumes, Path mountRoot) {
    this.volumes = volumes;
    this.mountRoot = mountRoot;
  }

  /** Where the files of a container with this init process are. */
  Path root(long pid) {
    return directory(pid).resolve("root");
  }

  /**
   * Mounts a volume. What an earlier container of the same pid left behind is cleared away.
   *
   * @param inUse whether a live container has its volume mounted for the pid
   */
  void mount(long pid, String volume, LongPredicate inUse) {
    Path directory = directory(pid);
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      if (inUse.test(pid)) {
        throw exists(directory, null);
      }
      clear(pid);
    }
    Path root = root(pid);
    try {
      Files.createDirectories(root);
    } catch (IOException e) {
      throw GardenException.failure("error creating %s: %s".formatted(root, e.getMessage()), e);
    }
    try {
      volumes.mount(root, volume);
    } catch (HcsException e) {
      GardenException failure =
          GardenException.failure("error setting mount point: " + e.textWithEvents(), e);
      try {
        removeDirectories(pid);
      } catch (GardenException left) {
        failure.addSuppressed(left);
      }
      throw failure;
    }
  }

  /**
   * Removes the mount of a pid if it is of this volume; an empty volume means that it is not known
   * which one was mounted.
   */
  void unmount(long pid, String volume) {
    Path root = root(pid);
    if (!Files.exists(directory(pid), LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Optional<String> mounted = mounted(root);
    if (mounted.isPresent() && !volume.isEmpty() && !same(mounted.get(), volume)) {
      log.atWarn()
          .addKeyValue("mount", root)
          .addKeyValue("volume", mounted.get())
          .log("another volume is mounted here, left alone");
      return;
    }
    if (mounted.isPresent()) {
      try {
        volumes.unmount(root);
      } catch (HcsException e) {
        throw GardenException.failure("error deleting mount point: " + e.textWithEvents(), e);
      }
    }
    removeDirectories(pid);
  }

  /** Whether there is a mount, or what is left of one, for a pid. */
  boolean exists(long pid) {
    return Files.exists(directory(pid), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Clears away mounts that nobody uses any more, as after a restart of the machine. One that
   * cannot be cleared is left.
   *
   * @param inUse whether a container or a process has this pid
   */
  void sweep(LongPredicate inUse) {
    if (!Files.isDirectory(mountRoot)) {
      return;
    }
    try (var entries = Files.newDirectoryStream(mountRoot, "[0-9]*")) {
      for (Path entry : entries) {
        String name = String.valueOf(entry.getFileName());
        if (name.matches("[0-9]{1,10}") && !inUse.test(Long.parseLong(name))) {
          clear(Long.parseLong(name));
        }
      }
    } catch (IOException | GardenException e) {
      log.atWarn().addKeyValue("directory", mountRoot).setCause(e).log("mounts cannot be swept");
    }
  }

  private void clear(long pid) {
    Path root = root(pid);
    log.atWarn().addKeyValue("mount", root).log("clearing a mount that no container uses");
    if (mounted(root).isPresent()) {
      try {
        volumes.unmount(root);
      } catch (HcsException e) {
        throw exists(directory(pid), e);
      }
    }
    try {
      removeDirectories(pid);
    } catch (GardenException e) {
      throw exists(directory(pid), e);
    }
  }

  private Optional<String> mounted(Path root) {
    return Files.exists(root, LinkOption.NOFOLLOW_LINKS)
        ? volumes.mountedVolume(root)
        : Optional.empty();
  }

  /** Removes the two directories, which are empty once nothing is mounted. */
  private void removeDirectories(long pid) {
    try {
      Files.deleteIfExists(root(pid));
      Files.deleteIfExists(directory(pid));
    } catch (DirectoryNotEmptyException e) {
      throw GardenException.failure("not empty: " + e.getMessage(), e);
    } catch (IOException e) {
      throw GardenException.failure("remove %s: %s".formatted(directory(pid), e.getMessage()), e);
    }
  }

  private Path directory(long pid) {
    return mountRoot.resolve(Long.toString(pid));
  }

  private static GardenException exists(
      Path directory, @org.jspecify.annotations.Nullable RuntimeException cause) {
    String text = "mountdir exists: " + directory;
    return cause == null
        ? GardenException.failure(text)
        : GardenException.failure(text + ": " + cause.getMessage(), cause);
  }

  static boolean same(String volume, String other) {
    return plain(volume).equals(plain(other));
  }

  private static String plain(String volume) {
    String lower = volume.toLowerCase(Locale.ROOT);
    return lower.endsWith("\\") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
