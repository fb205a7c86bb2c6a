package io.gardencell.acceptance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What containers could leave behind on the emulated host. */
final class Leftovers {

  private Leftovers() {}

  /** Every file and directory below a data directory. */
  static TreeSet<String> files(Path dataDir) throws IOException {
    TreeSet<String> found = new TreeSet<>();
    try (Stream<Path> all = Files.walk(dataDir)) {
      all.forEach(path -> found.add(dataDir.relativize(path).toString()));
    }
    return found;
  }

  /** Processes of this machine whose command line has the marker. */
  static long processes(String marker) {
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").contains(marker))
        .filter(p -> !p.info().command().orElse("").endsWith("/java"))
        .count();
  }
}
