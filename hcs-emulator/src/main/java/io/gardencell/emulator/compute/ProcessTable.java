package io.gardencell.emulator.compute;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Processes of this machine: on Linux read from /proc (Source: proc(5)), elsewhere what {@link
 * ProcessHandle} tells. Starts no process. Any thread.
 */
public final class ProcessTable {

  private static final Path PROC = Path.of("/proc");
  private static final boolean LINUX = Files.isReadable(PROC.resolve("self/stat"));
  private static final long TICK_100NS = 100_000;

  private static final long RECENT = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long YOUNG = TimeUnit.SECONDS.toNanos(15);

  private Map<String, Marker> markersOfProcesses = Map.of();
  private @Nullable ProcessSnapshot last;
  private volatile long lastLaunch = System.nanoTime();

  private record Marker(String text, long firstSeen) {}

  /** One process; times in 100 ns, {@code children} are the waited-for ones. */
  public record Entry(
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

  /** One process; empty if there is none of this number. */
  public Optional<Entry> find(long pid) {
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
      throw new UncheckedIOException(e);
    }
    return entries;
  }

  /** All processes; several threads that ask at a time share one reading. */
  synchronized ProcessSnapshot takenAfter(long nanoTime) {
    ProcessSnapshot known = last;
    if (known != null && known.begunAt() - nanoTime >= 0) {
      return known;
    }
    long begin = System.nanoTime();
    List<Entry> living = new ArrayList<>();
    Map<Long, String> markers = new HashMap<>();
    Map<String, Marker> kept = new HashMap<>();
    for (Entry e : all()) {
      if (!e.zombie()) {
        living.add(e);
        Marker marker = markerOf(e, begin);
        kept.put(key(e), marker);
        if (!marker.text().isEmpty()) {
          markers.put(e.pid(), marker.text());
        }
      }
    }
    known = new ProcessSnapshot(begin, living, markers);
    markersOfProcesses = kept;
    last = known;
    return known;
  }

  /** A reading that may be a tenth of a second old, but knows every process started here. */
  ProcessSnapshot recent() {
    long oldest = System.nanoTime() - RECENT;
    long launched = lastLaunch;
    return takenAfter(launched - oldest > 0 ? launched : oldest);
  }

  /** A process was started: readings from before do not know it. */
  void launched() {
    lastLaunch = System.nanoTime();
  }

  private static String key(Entry e) {
    return e.pid() + "/" + e.start();
  }

  /**
   * What was found stays true. A young process without a marker may be about to exec with another
   * environment, so it is asked again for a while.
   */
  private Marker markerOf(Entry e, long now) {
    Marker known = markersOfProcesses.get(key(e));
    if (known != null && (!known.text().isEmpty() || now - known.firstSeen() > YOUNG)) {
      return known;
    }
    return new Marker(readMarker(e.pid()), known == null ? now : known.firstSeen());
  }

  private static String readMarker(long pid) {
    if (!LINUX) {
      return "";
    }
    try {
      String block =
          new String(
              Files.readAllBytes(PROC.resolve(pid + "/environ")), StandardCharsets.ISO_8859_1);
      String name = ProcessLauncher.MARKER + "=";
      int at = block.startsWith(name) ? 0 : block.indexOf("\0" + name) + 1;
      if (at == 0 && !block.startsWith(name)) {
        return "";
      }
      int end = block.indexOf('\0', at);
      return block.substring(at + name.length(), end < 0 ? block.length() : end);
    } catch (IOException notOurs) {
      return "";
    }
  }

  /** Whether the process has a file below the directory open, or that cannot be told. */
  static boolean hasOpen(long pid, Path directory) {
    Path fds = PROC.resolve(pid + "/fd");
    if (!Files.isReadable(fds)) {
      return true;
    }
    try (Stream<Path> names = Files.list(fds)) {
      return names.anyMatch(
          fd -> {
            try {
              return Files.readSymbolicLink(fd).toString().startsWith(directory + "/");
            } catch (IOException gone) {
              return false;
            }
          });
    } catch (IOException gone) {
      return false;
    }
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
