package io.gardencell.network.port;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gardencell.api.GardenException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Host ports of the containers, shared by all processes of the cell through one file in the
 * reference's format (winc: network/port_allocator). Each change is one transaction under a file
 * lock, so a crash leaves the old or the new state. Any thread. Failures are {@link
 * GardenException}s in the reference's words.
 */
public final class PortPool {

  private static final Logger log = LoggerFactory.getLogger(PortPool.class);
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(60);

  private final PoolFile file;
  private final Path historyFile;
  private final int first;
  private final int count;
  private final Clock clock;
  private final IntPredicate isListening;
  private final Supplier<Map<String, Set<Integer>>> inUse;

  private PortPool(
      PoolFile file,
      Path historyFile,
      int first,
      int count,
      Clock clock,
      IntPredicate isListening,
      Supplier<Map<String, Set<Integer>>> inUse) {
    this.file = file;
    this.historyFile = historyFile;
    this.first = first;
    this.count = count;
    this.clock = clock;
    this.isListening = isListening;
    this.inUse = inUse;
  }

  /**
   * A pool that only processes of ours use.
   *
   * @param file the pool's file; its lock and history lie beside it
   * @param first first port that is given out unasked
   * @param count how many there are of them
   * @param isListening whether the host itself uses a port
   * @param inUse ports by handle as HNS knows them; asked when the file is empty or corrupt
   */
  public static PortPool exclusive(
      Path file,
      int first,
      int count,
      Clock clock,
      IntPredicate isListening,
      Supplier<Map<String, Set<Integer>>> inUse) {
    return new PortPool(
        new ExclusivePoolFile(file, LOCK_TIMEOUT),
        history(file),
        first,
        count,
        clock,
        isListening,
        inUse);
  }

  /** Like {@link #exclusive}, for a file that winc-network.exe uses at the same time. */
  public static PortPool shared(
      Path file,
      int first,
      int count,
      Clock clock,
      IntPredicate isListening,
      Supplier<Map<String, Set<Integer>>> inUse) {
    return new PortPool(
        new SharedPoolFile(file, LOCK_TIMEOUT, text -> parse(text).isPresent()),
        history(file),
        first,
        count,
        clock,
        isListening,
        inUse);
  }

  private static Path history(Path file) {
    return file.resolveSibling("port-history.json");
  }

  /**
   * Takes ports for a handle, all or none.
   *
   * @param wanted host ports; 0 = any of the pool
   * @return the ports, in the order of {@code wanted}
   */
  public List<Integer> acquire(String handle, List<Integer> wanted) {
    if (wanted.isEmpty()) {
      return List.of();
    }
    return change(
        ports -> {
          Set<Integer> taken = new HashSet<>();
          ports.values().forEach(taken::addAll);
          for (int port : wanted) {
            if (port != 0 && !taken.add(port)) {
              throw GardenException.failure("port already acquired: " + port);
            }
          }
          PortHistory history = PortHistory.load(historyFile, clock);
          List<Integer> given = new ArrayList<>();
          for (int port : wanted) {
            int got =
                port != 0
                    ? port
                    : history
                        .next(first, count, p -> taken.contains(p) || isListening.test(p))
                        .orElseThrow(
                            () -> GardenException.failure("acquire port: port pool exhausted"));
            taken.add(got);
            given.add(got);
            ports.computeIfAbsent(handle, h -> new TreeSet<>()).add(got);
          }
          history.save();
          return given;
        });
  }

  /**
   * Makes the pool say what is known to be true: exactly these ports are the handle's, whoever was
   * noted for them.
   */
  public void settle(String handle, Collection<Integer> held) {
    change(
        ports -> {
          Set<Integer> before = new TreeSet<>(ports.getOrDefault(handle, Set.of()));
          ports.values().forEach(others -> others.removeAll(held));
          ports.values().removeIf(Set::isEmpty);
          ports.remove(handle);
          if (!held.isEmpty()) {
            ports.put(handle, new TreeSet<>(held));
          }
          before.removeAll(held);
          rest(before);
          return true;
        });
  }

  /** Gives back all ports of a handle; none is no failure. */
  public void release(String handle) {
    settle(handle, List.of());
  }

  /** Gives back one port of a handle. */
  public void release(String handle, int port) {
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

  /** The ports by handle; changes nothing, and makes no file where there is none. */
  public SortedMap<String, Set<Integer>> acquired() {
    return locked(content -> parse(content.read()).orElseGet(this::mapped));
  }

  /** The handles that the file notes ports for. */
  public Set<String> holders() {
    return locked(
        content ->
            parse(content.read()).<Set<String>>map(ports -> ports.keySet()).orElse(Set.of()));
  }

  private void rest(Set<Integer> released) throws IOException {
    if (!released.isEmpty()) {
      PortHistory history = PortHistory.load(historyFile, clock);
      history.release(released);
      history.save();
    }
  }

  private interface Change<T> {
    T apply(SortedMap<String, Set<Integer>> ports) throws IOException;
  }

  private <T> T change(Change<T> change) {
    return locked(
        content -> {
          String before = content.read();
          Optional<SortedMap<String, Set<Integer>>> parsed = parse(before);
          SortedMap<String, Set<Integer>> ports =
              parsed.isPresent() ? parsed.get() : rebuilt(before, content);
          T result = change.apply(ports);
          String after = MAPPER.writeValueAsString(new State(ports)) + "\n";
          if (!after.equals(before)) {
            content.write(after);
          }
          return result;
        });
  }

  private <T> T locked(PoolFile.Body<T> body) {
    try {
      return file.locked(body);
    } catch (IOException failed) {
      String text = String.valueOf(failed.getMessage());
      throw GardenException.failure(
          text.startsWith("open lock: ") || text.startsWith("error locking file: ")
              ? text
              : "encode and overwrite: " + text,
          failed);
    }
  }

  private SortedMap<String, Set<Integer>> rebuilt(String text, PoolFile.Content content)
      throws IOException {
    SortedMap<String, Set<Integer>> ports = mapped();
    if (!text.isBlank()) {
      log.atWarn()
          .addKeyValue("copy", content.setAside(text, clock.millis()))
          .log("port pool was corrupt, rebuilt from the endpoints");
    }
    return ports;
  }

  /** A pool that a crash emptied or tore must not give out what HNS still maps. */
  private SortedMap<String, Set<Integer>> mapped() {
    SortedMap<String, Set<Integer>> ports = new TreeMap<>();
    inUse.get().forEach((handle, held) -> ports.put(handle, new TreeSet<>(held)));
    return ports;
  }

  /** The pool that a text holds; empty if it holds none. */
  private static Optional<SortedMap<String, Set<Integer>>> parse(String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    try {
      State state = MAPPER.readValue(text, State.class);
      if (state == null || state.acquired() == null) {
        return Optional.empty();
      }
      SortedMap<String, Set<Integer>> ports = new TreeMap<>();
      for (Map.Entry<String, Set<Integer>> entry : state.acquired().entrySet()) {
        if (entry.getValue() == null || entry.getValue().contains(null)) {
          return Optional.empty();
        }
        ports.put(entry.getKey(), new TreeSet<>(entry.getValue()));
      }
      return Optional.of(ports);
    } catch (JsonProcessingException corrupt) {
      return Optional.empty();
    }
  }

  private record State(@JsonProperty("acquired_ports") Map<String, Set<Integer>> acquired) {}
}
