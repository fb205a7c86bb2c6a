package io.gardencell.acceptance;

import io.gardencell.api.Handle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The data directory of a cell on the emulated host, seen from outside. */
final class CellFiles {

  private CellFiles() {}

  /** What lies there of containers that are not listed, and what the listed ones lack. */
  static List<String> strays(Path data, List<String> handles) throws IOException {
    Set<String> expected =
        handles.stream().map(h -> Handle.parse(h).key()).collect(Collectors.toSet());
    List<String> wrong = new ArrayList<>();
    for (String directory : List.of("depot", "winc", "groot/volumes", "network/containers")) {
      Set<String> found = new TreeSet<>();
      for (String name : names(data.resolve(directory))) {
        found.add(Handle.parse(name.replaceFirst("\\.json$", "")).key());
      }
      if (!found.equals(expected)) {
        wrong.add(directory + " has " + difference(found, expected));
      }
    }
    for (String directory : List.of("emulator/systems", "emulator/volumes", "emulator/proc")) {
      int count = names(data.resolve(directory)).size();
      if (count != expected.size()) {
        wrong.add("%s has %d entries (expected: %d)".formatted(directory, count, expected.size()));
      }
    }
    return wrong;
  }

  private static String difference(Set<String> found, Set<String> expected) {
    Set<String> more = new TreeSet<>(found);
    more.removeAll(expected);
    Set<String> missing = new TreeSet<>(expected);
    missing.removeAll(found);
    return "besides the listed ones " + more + ", but not " + missing;
  }

  static List<String> names(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(e -> String.valueOf(e.getFileName())).sorted().toList();
    }
  }

  /** How many files and directories there are in all, besides the image store's lock files. */
  static long count(Path data) throws IOException {
    Path locks = data.resolve("groot/locks");
    try (Stream<Path> all = Files.walk(data)) {
      return all.filter(path -> !path.startsWith(locks)).count();
    }
  }
}
