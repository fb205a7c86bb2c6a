package io.gardencell.image;

import io.gardencell.api.GardenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Keeps layers that are being pulled from garbage collection: a file naming them, and a lock that
 * dies with its process, so that pins of the dead are told from those of the living.
 */
final class Pins {

  private final DriverStore store;

  Pins(DriverStore store) {
    this.store = store;
  }

  /** Pins layers until closed. */
  Pin pin(List<String> chainIds) {
    String name = "pin-" + UUID.randomUUID();
    StoreLock alive = store.lock(name);
    boolean done = false;
    try (StoreLock whole = store.lockStore()) {
      Files.createDirectories(store.pins());
      DriverStore.write(store.pins().resolve(name), String.join("\n", chainIds));
      done = true;
      return new Pin(store, name, alive);
    } catch (IOException e) {
      throw DriverStore.failed("writing", store.pins().resolve(name), e);
    } finally {
      if (!done) {
        alive.close();
      }
    }
  }

  /** Layers pinned by living processes; the caller holds the store's lock. */
  Set<String> living() throws IOException {
    Set<String> all = new HashSet<>();
    for (String name : DriverStore.names(store.pins())) {
      Path file = store.pins().resolve(name);
      if (name.startsWith("pin-") && isAlive(name)) {
        all.addAll(Files.readAllLines(file));
      } else {
        Files.deleteIfExists(file);
        Files.deleteIfExists(store.lockFile(name));
      }
    }
    return all;
  }

  private boolean isAlive(String name) {
    try (StoreLock taken = StoreLock.take(store.lockFile(name), Duration.ofMillis(1))) {
      return false;
    } catch (GardenException e) {
      return true; // somebody holds it
    }
  }

  /** A pin of this process. */
  record Pin(DriverStore store, String name, StoreLock alive) implements AutoCloseable {
    @Override
    public void close() {
      try {
        Files.deleteIfExists(store.pins().resolve(name));
        Files.deleteIfExists(store.lockFile(name));
      } catch (IOException e) {
        throw DriverStore.failed("removing", store.pins().resolve(name), e);
      } finally {
        alive.close();
      }
    }
  }
}
