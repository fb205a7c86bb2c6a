package io.gardencell.network.port;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gardencell.api.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which port comes next: they go round, and a released one rests for a minute, since routes to it
 * may live on. Kept in a file of its own; only a preference, so losing it loses nothing. Used under
 * the pool's lock.
 */
final class PortHistory {

  private static final Logger log = LoggerFactory.getLogger(PortHistory.class);
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Duration REST = Duration.ofSeconds(60);

  private final Path file;
  private final long now;
  private int last;
  private final Map<Integer, Long> released;

  private PortHistory(Path file, long now, Document document) {
    this.file = file;
    this.now = now;
    this.last = document.last();
    this.released = new HashMap<>(document.released());
    this.released.values().removeIf(at -> now - at >= REST.toMillis());
  }

  /** Reads the history as it stands. */
  static PortHistory load(Path file, Clock clock) throws IOException {
    Document document = new Document(0, Map.of());
    try {
      Document read = MAPPER.readValue(Files.readString(file), Document.class);
      if (read != null && read.released() != null) {
        document = read;
      }
    } catch (NoSuchFileException none) {
      // the first port of all
    } catch (JsonProcessingException corrupt) {
      log.atWarn().addKeyValue("file", file).log("port history was corrupt, starts anew");
    }
    return new PortHistory(file, clock.millis(), document);
  }

  /**
   * The next port of a range that is free, preferably one that does not rest; empty if none is.
   *
   * @param isTaken tells the ports that must not be given
   */
  OptionalInt next(int first, int count, IntPredicate isTaken) {
    OptionalInt resting = OptionalInt.empty();
    int start = last >= first && last < first + count ? last - first + 1 : 0;
    for (int i = 0; i < count; i++) {
      int port = first + (start + i) % count;
      boolean rests = released.containsKey(port);
      if (rests && resting.isPresent() || isTaken.test(port)) {
        continue;
      }
      if (!rests) {
        last = port;
        return OptionalInt.of(port);
      }
      resting = OptionalInt.of(port);
    }
    resting.ifPresent(port -> last = port);
    return resting;
  }

  void release(Collection<Integer> ports) {
    ports.forEach(port -> released.put(port, now));
  }

  void save() throws IOException {
    AtomicFile.writeUnforced(file, MAPPER.writeValueAsString(new Document(last, released)));
  }

  private record Document(
      @JsonProperty("last") int last, @JsonProperty("released") Map<Integer, Long> released) {}
}
