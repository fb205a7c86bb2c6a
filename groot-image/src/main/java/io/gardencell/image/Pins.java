package io.gardencell.image;

import io.gardencell.api.files.AtomicFile;
import io.gardencell.api.files.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the layers of a running pull from garbage collection, and its temporary files together: a
 * file that names the layers, a directory, and a lock that dies with its process, so that what the
 * dead left is told from what the living use.
 */
final class Pins {

  private static final Logger log = LoggerFactory.getLogger(Pins.class);

  private final DriverStore store;

  Pins(DriverStore store) {
    this.store = store;
  }

  /** Pins layers until closed. */
  Pin pin(List<String> chainIds) {
    String name = "pin-" + UUID.randomUUID();
    StoreLocks.Held alive = store.lock(name);
    boolean done = false;
    try (StoreLocks.Held whole = store.lockStore()) {
      Files.createDirectories(store.pins());
      Files.createDirectories(store.temporary().resolve(name));
      AtomicFile.writeUnforced(store.pins().resolve(name), String.join("\n", chainIds));
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
  Set<String> living() {
    Set<String> all = new HashSet<>();
    for (String name : DriverStore.names(store.pins())) {
      Path file = store.pins().resolve(name);
      Optional<StoreLocks.Held> dead = store.tryLock(name);
      try {
        if (dead.isEmpty()) {
          all.addAll(lines(file));
        } else {
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        throw DriverStore.failed("reading", file, e);
      } finally {
        dead.ifPresent(StoreLocks.Held::close);
      }
    }
    return all;
  }

  /** A pull that ends takes its pin away without the store's lock, before it lets go of its own. */
  private static List<String> lines(Path pin) throws IOException {
    try {
      return Files.readAllLines(pin);
    } catch (NoSuchFileException ended) {
      return List.of();
    }
  }

  /** Removes temporary files that dead processes left. */
  void sweep() {
    for (String name : DriverStore.names(store.temporary())) {
      Optional<StoreLocks.Held> dead = store.tryLock(name);
      if (dead.isPresent()) {
        try (StoreLocks.Held held = dead.get()) {
          FileTree.remove(store.temporary().resolve(name));
          Files.deleteIfExists(store.pins().resolve(name));
          log.atInfo().addKeyValue("name", name).log("files of an interrupted pull removed");
        } catch (IOException e) {
          log.atWarn().addKeyValue("name", name).setCause(e).log("old files not removed");
        }
      }
    }
  }

  /** A pin of this process. */
  record Pin(DriverStore store, String name, StoreLocks.Held alive) implements AutoCloseable {

    /** Where the pull keeps what it needs no longer than itself. */
    Path directory() {
      return store.temporary().resolve(name);
    }

    @Override
    public void close() {
      try (StoreLocks.Held last = alive) {
        FileTree.remove(directory());
        Files.deleteIfExists(store.pins().resolve(name));
      } catch (IOException e) {
        throw DriverStore.failed("removing", store.pins().resolve(name), e);
      }
    }
  }
}
