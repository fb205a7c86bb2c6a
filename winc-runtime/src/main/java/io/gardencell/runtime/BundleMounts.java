package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.api.oci.OciMount;
import io.gardencell.hcs.document.MappedDirectory;
import io.gardencell.hcs.document.MappedPipe;
import io.gardencell.runtime.bundle.FileFailures;
import io.gardencell.runtime.bundle.WindowsPaths;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mounts of a bundle as HCS takes them (Source: winc: runtime/container/container.go).
 *
 * @param directories directories of the host
 * @param pipes named pipes of the host, which the reference ignores
 * @param skipped sources that are neither, which HCS cannot map
 */
record BundleMounts(
    List<MappedDirectory> directories, List<MappedPipe> pipes, List<String> skipped) {

  private static final Logger log = LoggerFactory.getLogger(BundleMounts.class);
  private static final String PIPE = "\\\\.\\pipe\\";

  BundleMounts {
    directories = List.copyOf(directories);
    pipes = List.copyOf(pipes);
    skipped = List.copyOf(skipped);
  }

  /** Sorts the mounts of a container; a source that does not exist is a failure. */
  static BundleMounts of(String handle, List<OciMount> mounts) {
    List<MappedDirectory> directories = new ArrayList<>();
    List<MappedPipe> pipes = new ArrayList<>();
    List<String> skipped = new ArrayList<>();
    for (OciMount mount : mounts) {
      if (isPipe(mount.source())) {
        pipes.add(new MappedPipe(mount.source(), pipeName(mount.destination())));
      } else if (Files.isDirectory(source(mount.source()))) {
        directories.add(
            MappedDirectory.of(
                mount.source(),
                WindowsPaths.inContainer(mount.destination()),
                isReadOnly(handle, mount.options())));
      } else {
        log.atError()
            .addKeyValue("mount", mount.source())
            .log("mount is not a directory, ignoring");
        skipped.add(mount.source());
      }
    }
    return new BundleMounts(directories, pipes, skipped);
  }

  private static boolean isReadOnly(String handle, List<String> options) {
    boolean writable = options.contains("rw");
    if (writable && options.contains("ro")) {
      throw GardenException.failure(
          "invalid mount options for container %s: [%s]"
              .formatted(handle, String.join(" ", options)));
    }
    return !writable;
  }

  private static boolean isPipe(String source) {
    return source.regionMatches(true, 0, PIPE, 0, PIPE.length());
  }

  private static String pipeName(String destination) {
    return isPipe(destination)
        ? destination.substring(PIPE.length())
        : WindowsPaths.lastElement(destination);
  }

  private static Path source(String text) {
    try {
      Path source = Path.of(text);
      if (!text.isEmpty() && Files.exists(source)) {
        return source;
      }
      throw GardenException.failure(
          "GetFileAttributesEx %s: %s".formatted(text, FileFailures.missing(source)));
    } catch (InvalidPathException e) {
      throw GardenException.failure(
          "GetFileAttributesEx %s: The filename, directory name, or volume label syntax is incorrect."
              .formatted(text),
          e);
    }
  }
}
