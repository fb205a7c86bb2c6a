package io.gardencell.server.gardener;

import io.gardencell.api.oci.OciJson;
import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.oci.OciSpec;
import io.gardencell.server.gardener.SavedContainer.SavedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The directories of a container's processes, {@code <bundle>\processes\<id>}: the process document
 * ({@code spec.json}, or {@code config.json} of a sidecar) and, once it runs, {@code pidfile}. Any
 * thread; one process is written by one thread at a time.
 */
final class ProcessFiles {

  private static final String SPEC = "spec.json";
  private static final String CONFIG = "config.json";
  private static final String PIDFILE = "pidfile";

  private final StateFiles states;
  private final Path processes;

  ProcessFiles(StateFiles states, String handle) {
    this.states = states;
    processes = states.bundle(handle).resolve("processes");
  }

  /** The directory of a process; a sidecar's bundle. */
  Path directory(String id) {
    return processes.resolve(id);
  }

  void writeSpec(String id, OciProcess process) {
    states.writeText(directory(id).resolve(SPEC), OciJson.write(process) + "\n");
  }

  void writeConfig(String id, OciSpec config) {
    states.writeText(directory(id).resolve(CONFIG), OciJson.write(config) + "\n");
  }

  void writePid(String id, long pid) {
    states.writeText(directory(id).resolve(PIDFILE), Long.toString(pid));
  }

  /** None is no failure. */
  void remove(String id) {
    states.removeTree(directory(id));
  }

  /** The processes that the directories tell of; those without a readable pid have none. */
  List<SavedProcess> found() throws IOException {
    List<SavedProcess> found = new ArrayList<>();
    for (Path directory : directories()) {
      boolean sidecar = Files.exists(directory.resolve(CONFIG));
      Path pidfile = directory.resolve(PIDFILE);
      long pid = pid(pidfile);
      if (pid != 0 || sidecar) {
        Path first = pid != 0 ? pidfile : directory;
        found.add(
            new SavedProcess(
                String.valueOf(directory.getFileName()),
                pid,
                sidecar,
                Files.getLastModifiedTime(first).toMillis()));
      }
    }
    return found;
  }

  private List<Path> directories() throws IOException {
    if (!Files.isDirectory(processes, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(processes)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    }
  }

  /**
   * A start that was begun.
   *
   * @param program as the client named it; empty if the document cannot be read
   * @param since when the document was written, just before the host was asked
   */
  record Begun(String id, String program, Instant since) {}

  /** Starts whose process is not among those that are known, the oldest first; no sidecars. */
  List<Begun> begun(Set<String> known) throws IOException {
    List<Begun> begun = new ArrayList<>();
    for (Path directory : directories()) {
      String id = String.valueOf(directory.getFileName());
      if (!known.contains(Names.key(id)) && !Files.exists(directory.resolve(CONFIG))) {
        begun.add(begun(id, directory.resolve(SPEC)));
      }
    }
    begun.sort(Comparator.comparing(Begun::since));
    return begun;
  }

  private static Begun begun(String id, Path document) throws IOException {
    if (!Files.exists(document)) {
      return new Begun(id, "", Instant.EPOCH);
    }
    Instant since = Files.getLastModifiedTime(document).toInstant();
    try {
      List<String> args = OciJson.read(Files.readString(document), OciProcess.class).args();
      return new Begun(id, args.isEmpty() ? "" : args.get(0), since);
    } catch (IllegalArgumentException torn) {
      return new Begun(id, "", since);
    }
  }

  private static long pid(Path pidfile) throws IOException {
    String text = Files.exists(pidfile) ? Files.readString(pidfile).strip() : "";
    return text.matches("[0-9]{1,10}") ? Long.parseLong(text) : 0;
  }
}
