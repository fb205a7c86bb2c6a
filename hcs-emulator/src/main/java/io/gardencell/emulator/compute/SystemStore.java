package io.gardencell.emulator.compute;

import io.gardencell.emulator.state.Documents;
import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.SystemExit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records of systems and their processes: a directory for each system, below it one for each
 * process. What was read once is read again only when its file has changed. Any thread; who reads
 * and then writes holds the state's lock.
 */
final class SystemStore {

  private static final Logger log = LoggerFactory.getLogger(SystemStore.class);
  private static final String FILE = "system.json";
  private static final long FRESH_MILLIS = 200;
  private static final String GONE = ".gone-";
  private static final String NEW = ".new-";

  private final StateDirectory state;
  private final ProcessTable table;
  private final Path systems;
  private final Path exits;
  private final String bootId = ProcessTable.bootId();
  private final Documents<SystemRecord> documents;
  private final Map<Path, ProcessRecord> processes = new ConcurrentHashMap<>();

  SystemStore(StateDirectory state, ProcessTable table) {
    this.state = state;
    this.table = table;
    this.systems = state.root().resolve("systems");
    this.exits = state.root().resolve("exits");
    this.documents = new Documents<>(state, SystemRecord.class);
  }

  StateDirectory state() {
    return state;
  }

  String bootId() {
    return bootId;
  }

  Path directory(String id) {
    UUID name = UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8));
    return systems.resolve(name.toString());
  }

  /** The directory of the system whose process has this one. */
  static Path systemOf(Path home) {
    return home.resolveSibling("..").resolveSibling("..").normalize();
  }

  /** Where a system's processes have their directories. */
  Path processesOf(SystemRecord system) {
    return directory(system.id()).resolve("p");
  }

  /** Moves on whenever a system comes or goes. */
  FileTime lastChange() {
    try {
      return Files.getLastModifiedTime(systems);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a change may be followed by another one with the same time stamp. */
  static boolean isFresh(FileTime change) {
    return System.currentTimeMillis() - change.toMillis() < FRESH_MILLIS;
  }

  private Optional<SystemRecord> read(Path directory) {
    return documents.read(directory.resolve(FILE));
  }

  private List<SystemRecord> everything() {
    List<Path> directories =
        StateDirectory.list(systems).stream().filter(d -> !isUnfinished(d)).toList();
    processes.keySet().removeIf(home -> !directories.contains(systemOf(home)));
    return directories.stream().flatMap(d -> read(d).stream()).toList();
  }

  /** Whether it is a system that is not there yet or not any more. */
  private static boolean isUnfinished(Path directory) {
    String name = String.valueOf(directory.getFileName());
    return name.contains(GONE) || name.contains(NEW);
  }

  /** Systems of this boot of the machine. */
  List<SystemRecord> all() {
    return everything().stream().filter(s -> s.bootId().equals(bootId)).toList();
  }

  /** Systems that ended with an earlier boot. */
  List<SystemRecord> ofEarlierBoots() {
    return everything().stream().filter(s -> !s.bootId().equals(bootId)).toList();
  }

  Optional<SystemRecord> find(String id) {
    return read(directory(id)).filter(s -> s.bootId().equals(bootId));
  }

  /** The present record of a system that was seen before; empty when that one is gone. */
  Optional<SystemRecord> again(SystemRecord seen) {
    return find(seen.id()).filter(s -> s.marker().equals(seen.marker()));
  }

  /** The present record of a system; fails when that one has ended or its end has begun. */
  SystemRecord current(SystemRecord seen, String function) {
    return again(seen)
        .filter(s -> !s.ending())
        .orElseThrow(() -> new HcsException(function, seen.id(), HcsErrors.SYSTEM_ALREADY_STOPPED));
  }

  /** The same; fails also when it was not started. */
  SystemRecord running(SystemRecord seen, String function) {
    SystemRecord now = current(seen, function);
    if (!now.isRunning()) {
      throw new HcsException(function, now.id(), HcsErrors.INVALID_STATE);
    }
    return now;
  }

  void write(SystemRecord system) {
    state.write(directory(system.id()).resolve(FILE), system);
  }

  /** Lets a new system be there, at once and whole; what a crash left in its place goes. */
  void add(SystemRecord system) throws IOException {
    Path directory = directory(system.id());
    Path fresh = directory.resolveSibling(directory.getFileName() + NEW + UUID.randomUUID());
    Files.createDirectories(fresh.resolve("p"));
    state.write(fresh.resolve(FILE), system);
    moveAway(directory).ifPresent(this::remove);
    Files.move(fresh, directory, StandardCopyOption.ATOMIC_MOVE);
  }

  Map<Path, ProcessRecord> processes(SystemRecord system) {
    Map<Path, ProcessRecord> all = new HashMap<>();
    for (Path home : StateDirectory.list(processesOf(system))) {
      process(home).ifPresent(p -> all.put(home, p));
    }
    return all;
  }

  /** The record of a process that was started, which never changes. */
  Optional<ProcessRecord> process(Path home) {
    ProcessRecord known = processes.get(home);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<ProcessRecord> found =
        state
            .read(ProcessRecord.file(home), ProcessRecord.class)
            .flatMap(p -> p.pid() == 0 ? started(home, p) : Optional.of(p));
    found.ifPresent(p -> processes.put(home, p));
    return found;
  }

  /** Adds what the supervisor noted, perhaps after the death of the daemon that began the start. */
  private Optional<ProcessRecord> started(Path home, ProcessRecord begun) {
    try {
      String noted = Files.readString(home.resolve("pid"));
      if (!noted.endsWith("\n")) {
        return Optional.empty();
      }
      String[] pids = noted.strip().split(" ");
      boolean ended = Files.exists(home.resolve("exit"));
      long pid = Long.parseLong(pids[0]);
      long supervisor = Long.parseLong(pids[1]);
      ProcessRecord started =
          begun.started(pid, ended ? "" : startOf(pid), supervisor, startOf(supervisor));
      state.write(ProcessRecord.file(home), started);
      return Optional.of(started);
    } catch (NoSuchFileException notYet) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String startOf(long pid) {
    return table.find(pid).map(ProcessTable.Entry::start).orElse("");
  }

  void forgetProcess(Path home) {
    processes.remove(home);
  }

  /**
   * Lets a system be gone, at once and whole.
   *
   * @return what is left of its files, to be removed without the lock
   */
  Optional<Path> moveAway(SystemRecord system, SystemExit exit) {
    if (exit.status() != 0) {
      state.write(exits.resolve(system.marker() + ".json"), exit);
    }
    return moveAway(directory(system.id()));
  }

  private Optional<Path> moveAway(Path directory) {
    Path gone = directory.resolveSibling(directory.getFileName() + GONE + UUID.randomUUID());
    try {
      return Optional.of(Files.move(directory, gone, StandardCopyOption.ATOMIC_MOVE));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void remove(Path gone) {
    try {
      StateDirectory.removeTree(gone);
    } catch (IOException e) {
      log.atWarn().addKeyValue("directory", gone).setCause(e).log("state not removed");
    }
  }

  /** How a system ended that is gone. */
  SystemExit exitOf(String marker) {
    return state
        .read(exits.resolve(marker + ".json"), SystemExit.class)
        .orElse(new SystemExit(0, ""));
  }

  /** Removes what a crash left of systems that were not there yet, or gone already. */
  void sweep() {
    state.change(
        () -> {
          StateDirectory.list(systems).stream()
              .filter(SystemStore::isUnfinished)
              .forEach(this::remove);
        });
  }
}
