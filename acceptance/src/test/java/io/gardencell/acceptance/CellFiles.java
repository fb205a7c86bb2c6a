package io.gardencell.acceptance;

import com.fasterxml.jackson.databind.ObjectMapper;
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
    for (String directory :
        List.of(
            "emulator/systems", "emulator/volumes", "emulator/proc", "emulator/hns/endpoints")) {
      int count = names(data.resolve(directory)).size();
      if (count != expected.size()) {
        wrong.add("%s has %d entries (expected: %d)".formatted(directory, count, expected.size()));
      }
    }
    names(data.resolve("network/leftovers")).forEach(name -> wrong.add("network of " + name));
    for (String handle : holders(data)) {
      if (!expected.contains(Handle.parse(handle).key())) {
        wrong.add("ports of " + handle);
      }
    }
    return wrong;
  }

  /** Handles that the port pool notes ports for. */
  private static List<String> holders(Path data) throws IOException {
    Path pool = data.resolve("network/port-state.json");
    if (!Files.exists(pool)) {
      return List.of();
    }
    List<String> handles = new ArrayList<>();
    new ObjectMapper()
        .readTree(pool.toFile())
        .path("acquired_ports")
        .fieldNames()
        .forEachRemaining(handles::add);
    return handles;
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
