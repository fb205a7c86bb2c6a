package io.gardencell.emulator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Processes of this machine: on Linux read from /proc (Source: proc(5)), elsewhere what {@link
 * ProcessHandle} tells. Starts no process. Any thread.
 */
final class ProcessTable {

  private static final Path PROC = Path.of("/proc");
  private static final boolean LINUX = Files.isReadable(PROC.resolve("self/stat"));
  private static final long TICK_100NS = 100_000;
  private static final long KIB = 1024;

  private final Map<String, String> markers = new ConcurrentHashMap<>();

  /** One process; times in 100 ns, {@code children} are the waited-for ones. */
  record Entry(
      long pid,
      long parent,
      long session,
      String name,
      boolean zombie,
      long user,
      long kernel,
      long childrenUser,
      long childrenKernel,
      String start) {}

  static String bootId() {
    try {
      return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
    } catch (IOException notLinux) {
      return "";
    }
  }

  Optional<Entry> find(long pid) {
    return LINUX ? fromProc(pid) : ProcessHandle.of(pid).map(ProcessTable::fromHandle);
  }

  /** Whether the process that had this pid and start is alive. */
  boolean isAlive(long pid, String start) {
    return find(pid).filter(e -> !e.zombie() && e.start().equals(start)).isPresent();
  }

  List<Entry> all() {
    if (!LINUX) {
      return ProcessHandle.allProcesses().map(ProcessTable::fromHandle).toList();
    }
    List<Entry> entries = new ArrayList<>();
    try (Stream<Path> names = Files.list(PROC)) {
      names
          .map(p -> String.valueOf(p.getFileName()))
          .filter(n -> Character.isDigit(n.charAt(0)))
          .forEach(n -> fromProc(Long.parseLong(n)).ifPresent(entries::add));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return entries;
  }

  /**
   * Living processes of a system: roots, their sessions, descendants, and carriers of its marker.
   */
  List<Entry> membersOf(String marker, Map<Long, String> roots) {
    List<Entry> all = all().stream().filter(e -> !e.zombie()).toList();
    Set<Long> members = new HashSet<>();
    Set<Long> sessions = new HashSet<>();
    for (Entry e : all) {
      boolean root = e.start().equals(roots.get(e.pid()));
      if (root || markerOf(e).equals(marker)) {
        members.add(e.pid());
        if (e.session() > 1) {
          sessions.add(e.session());
        }
      }
    }
    sessions.retainAll(roots.keySet());
    boolean grown = true;
    while (grown) {
      grown = false;
      for (Entry e : all) {
        if (!members.contains(e.pid())
            && (members.contains(e.parent()) || sessions.contains(e.session()))) {
          grown = members.add(e.pid()) || grown;
        }
      }
    }
    return all.stream().filter(e -> members.contains(e.pid())).toList();
  }

  /** Private memory with what is swapped out, in bytes. */
  static long privateBytes(long pid) {
    long sum = 0;
    try {
      for (String line : Files.readAllLines(PROC.resolve(pid + "/status"))) {
        if (line.startsWith("RssAnon:") || line.startsWith("VmSwap:")) {
          sum += Long.parseLong(line.replaceAll("\\D", "")) * KIB;
        }
      }
    } catch (IOException gone) {
      return 0;
    }
    return sum;
  }

  private String markerOf(Entry e) {
    if (!LINUX) {
      return "";
    }
    String key = e.pid() + "/" + e.start();
    String known = markers.get(key);
    if (known != null) {
      return known;
    }
    String found = "";
    try {
      String block =
          new String(
              Files.readAllBytes(PROC.resolve(e.pid() + "/environ")), StandardCharsets.ISO_8859_1);
      String name = ProcessLauncher.MARKER + "=";
      int at = block.startsWith(name) ? 0 : block.indexOf("\0" + name) + 1;
      if (at > 0 || block.startsWith(name)) {
        int end = block.indexOf('\0', at);
        found = block.substring(at + name.length(), end < 0 ? block.length() : end);
      }
    } catch (IOException notOurs) {
      return "";
    }
    // Only what was found stays true: a young process may be about to exec with another
    // environment.
    if (!found.isEmpty()) {
      if (markers.size() > 20_000) {
        markers.clear();
      }
      markers.put(key, found);
    }
    return found;
  }

  private static Optional<Entry> fromProc(long pid) {
    String stat;
    try {
      stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return Optional.empty();
    }
    int close = stat.lastIndexOf(')');
    if (close < 0) {
      return Optional.empty();
    }
    String[] f = stat.substring(close + 2).split(" ");
    String name = stat.substring(stat.indexOf('(') + 1, close);
    return Optional.of(
        new Entry(
            pid,
            Long.parseLong(f[1]),
            Long.parseLong(f[3]),
            name,
            f[0].equals("Z") || f[0].equals("X"),
            Long.parseLong(f[11]) * TICK_100NS,
            Long.parseLong(f[12]) * TICK_100NS,
            Long.parseLong(f[13]) * TICK_100NS,
            Long.parseLong(f[14]) * TICK_100NS,
            f[19]));
  }

  private static Entry fromHandle(ProcessHandle p) {
    ProcessHandle.Info info = p.info();
    return new Entry(
        p.pid(),
        p.parent().map(ProcessHandle::pid).orElse(0L),
        0,
        info.command().map(c -> c.substring(c.lastIndexOf('/') + 1)).orElse(""),
        !p.isAlive(),
        info.totalCpuDuration().map(Duration::toNanos).orElse(0L) / 100,
        0,
        0,
        0,
        info.startInstant().map(Instant::toString).orElse(""));
  }
}
