package io.gardencell.network;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gardencell.api.GardenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Host ports of the containers, shared by all processes of the cell through one file in the
 * reference's format (winc: network/port_allocator). Each change is one transaction under a file
 * lock and replaces the file whole, so a crash leaves the old or the new state. Any thread.
 *
 * <p>Ports go round, and a released one rests for a minute: routes to it may live on.
 */
final class PortPool {

  private static final Logger log = LoggerFactory.getLogger(PortPool.class);
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Duration REST = Duration.ofSeconds(60);
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(30);

  private final Path file;
  private final Path lockFile;
  private final Path historyFile;
  private final int first;
  private final int count;
  private final Clock clock;
  private final IntPredicate isListening;
  private final Supplier<Map<String, Set<Integer>>> inUse;

  /**
   * A pool.
   *
   * @param dir folder of its files
   * @param isListening whether the host itself uses a port
   * @param inUse ports by handle as HNS knows them; asked when the file cannot be read
   */
  PortPool(
      Path dir,
      int first,
      int count,
      Clock clock,
      IntPredicate isListening,
      Supplier<Map<String, Set<Integer>>> inUse) {
    this.file = dir.resolve("port-state.json");
    this.lockFile = dir.resolve("port-state.json.lock");
    this.historyFile = dir.resolve("port-history.json");
    this.first = first;
    this.count = count;
    this.clock = clock;
    this.isListening = isListening;
    this.inUse = inUse;
  }

  /**
   * Takes ports for a handle, all or none.
   *
   * @param wanted host ports; 0 = any of the pool
   * @return the ports, in the order of {@code wanted}
   */
  List<Integer> acquire(String handle, List<Integer> wanted) {
    if (wanted.isEmpty()) {
      return List.of();
    }
    return change(
        ports -> {
          Set<Integer> taken = taken(ports);
          for (int port : wanted) {
            if (port != 0 && !taken.add(port)) {
              throw GardenException.failure("port already acquired: " + port);
            }
          }
          History history = history();
          List<Integer> given = new ArrayList<>();
          for (int port : wanted) {
            int got = port != 0 ? port : history.next(taken);
            taken.add(got);
            given.add(got);
            ports.computeIfAbsent(handle, h -> new TreeSet<>()).add(got);
          }
          history.save();
          return given;
        });
  }

  /** Notes ports that are known to be in use by a handle; a port of another handle stays there. */
  void adopt(String handle, Collection<Integer> found) {
    change(
        ports -> {
          Set<Integer> taken = taken(ports);
          for (int port : found) {
            if (taken.add(port)) {
              ports.computeIfAbsent(handle, h -> new TreeSet<>()).add(port);
            }
          }
          return true;
        });
  }

  /** Gives back all ports of a handle; none is no failure. */
  void release(String handle) {
    change(
        ports -> {
          rest(ports.remove(handle));
          return true;
        });
  }

  /** Gives back one port of a handle. */
  void release(String handle, int port) {
    change(
        ports -> {
          Set<Integer> held = ports.get(handle);
          if (held != null && held.remove(port)) {
            rest(Set.of(port));
            if (held.isEmpty()) {
              ports.remove(handle);
            }
          }
          return true;
        });
  }

  /** The ports by handle. */
  SortedMap<String, Set<Integer>> acquired() {
    return change(TreeMap::new);
  }

  private void rest(@Nullable Set<Integer> released) throws IOException {
    if (released != null && !released.isEmpty()) {
      History history = history();
      released.forEach(port -> history.released.put(port, clock.millis()));
      history.save();
    }
  }

  private interface Change<T> {
    T apply(SortedMap<String, Set<Integer>> ports) throws IOException;
  }

  private <T> T change(Change<T> change) {
    try {
      return FileLocks.locked(
          lockFile,
          LOCK_TIMEOUT,
          () -> {
            String before = Files.exists(file) ? Files.readString(file) : "";
            SortedMap<String, Set<Integer>> ports = read(before);
            T result = change.apply(ports);
            String after = MAPPER.writeValueAsString(new State(ports)) + "\n";
            if (!after.equals(before)) {
              AtomicFile.write(file, after);
            }
            return result;
          });
    } catch (IOException failed) {
      String text = String.valueOf(failed.getMessage());
      throw GardenException.failure(
          text.startsWith("open lock: ") || text.startsWith("error locking file: ")
              ? text
              : "encode and overwrite: " + text,
          failed);
    }
  }

  private SortedMap<String, Set<Integer>> read(String text) throws IOException {
    SortedMap<String, Set<Integer>> ports = new TreeMap<>();
    if (text.isBlank()) {
      // a pool that was emptied by a crash must not give out what HNS still maps
      inUse.get().forEach((handle, held) -> ports.put(handle, new TreeSet<>(held)));
      return ports;
    }
    try {
      State state = MAPPER.readValue(text, State.class);
      if (state != null && state.acquired() != null) {
        state.acquired().forEach((handle, held) -> ports.put(handle, new TreeSet<>(held)));
        return ports;
      }
    } catch (JsonProcessingException corrupt) {
      log.atDebug().setCause(corrupt).log("port pool not parsable");
    }
    Map<String, Set<Integer>> found = inUse.get();
    Path aside = file.resolveSibling(file.getFileName() + ".corrupt-" + clock.millis());
    Files.move(file, aside);
    log.atWarn()
        .addKeyValue("file", file)
        .addKeyValue("movedTo", aside)
        .log("port pool was corrupt, rebuilt from the endpoints");
    found.forEach((handle, held) -> ports.put(handle, new TreeSet<>(held)));
    return ports;
  }

  private static Set<Integer> taken(Map<String, Set<Integer>> ports) {
    Set<Integer> taken = new HashSet<>();
    ports.values().forEach(taken::addAll);
    return taken;
  }

  private History history() throws IOException {
    try {
      HistoryDocument document =
          MAPPER.readValue(Files.readString(historyFile), HistoryDocument.class);
      if (document != null && document.released() != null) {
        return new History(document.last(), new HashMap<>(document.released()));
      }
    } catch (NoSuchFileException none) {
      return new History(first - 1, new HashMap<>());
    } catch (JsonProcessingException corrupt) {
      log.atWarn().addKeyValue("file", historyFile).log("port history was corrupt, starts anew");
    }
    return new History(first - 1, new HashMap<>());
  }

  private record State(@JsonProperty("acquired_ports") Map<String, Set<Integer>> acquired) {}

  private record HistoryDocument(
      @JsonProperty("last") int last, @JsonProperty("released") Map<Integer, Long> released) {}

  /** The last port given out and when ports were released; only a preference, never the truth. */
  private final class History {

    private int last;
    private final Map<Integer, Long> released;

    History(int last, Map<Integer, Long> released) {
      this.last = last;
      this.released = released;
      long now = clock.millis();
      released.values().removeIf(at -> now - at >= REST.toMillis());
    }

    int next(Set<Integer> taken) {
      int resting = -1;
      int start = last >= first && last < first + count ? last - first + 1 : 0;
      for (int i = 0; i < count; i++) {
        int port = first + (start + i) % count;
        if (taken.contains(port) || isListening.test(port)) {
          continue;
        }
        if (released.containsKey(port)) {
          resting = resting < 0 ? port : resting;
          continue;
        }
        last = port;
        return port;
      }
      if (resting < 0) {
        throw GardenException.failure("acquire port: port pool exhausted");
      }
      last = resting;
      return resting;
    }

    void save() throws IOException {
      AtomicFile.writeUnforced(
          historyFile, MAPPER.writeValueAsString(new HistoryDocument(last, released)));
    }
  }
}
