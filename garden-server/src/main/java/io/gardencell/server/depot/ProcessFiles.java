package io.gardencell.server.depot;

import io.gardencell.api.oci.OciJson;
import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.oci.OciSpec;
import io.gardencell.server.depot.SavedContainer.SavedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The directories of a container's processes, {@code <bundle>\processes\<id>}: the process document
 * ({@code spec.json}, or {@code config.json} of a sidecar) and, once it runs, {@code pidfile}. Any
 * thread; one process is written by one thread at a time.
 */
public final class ProcessFiles {

  private static final String SPEC = "spec.json";

  private final Depot depot;
  private final Path processes;

  public ProcessFiles(Depot depot, String handle) {
    this.depot = depot;
    processes = depot.bundle(handle).resolve("processes");
  }

  /** The directory of a process; a sidecar's bundle. */
  public Path directory(String id) {
    return processes.resolve(id);
  }

  public void writeSpec(String id, OciProcess process) {
    depot.writeText(directory(id).resolve(SPEC), OciJson.write(process) + "\n");
  }

  public void writeConfig(String id, OciSpec config) {
    depot.writeText(directory(id).resolve(Depot.CONFIG), OciJson.write(config) + "\n");
  }

  public void writePid(String id, long pid) {
    depot.writeText(directory(id).resolve(Depot.PIDFILE), Long.toString(pid));
  }

  /** None is no failure. */
  public void remove(String id) {
    depot.removeTree(directory(id));
  }

  /** The processes that the directories tell of; those without a readable pid have none. */
  public List<SavedProcess> found() throws IOException {
    List<SavedProcess> found = new ArrayList<>();
    for (Path directory : directories()) {
      boolean sidecar = Files.exists(directory.resolve(Depot.CONFIG));
      Path pidfile = directory.resolve(Depot.PIDFILE);
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
  public record Begun(String id, String program, Instant since) {}

  /** Starts of processes whose ids are not known, the oldest first; no sidecars. */
  public List<Begun> begun(Predicate<String> isKnown) throws IOException {
    List<Begun> begun = new ArrayList<>();
    for (Path directory : directories()) {
      String id = String.valueOf(directory.getFileName());
      if (!isKnown.test(id) && !Files.exists(directory.resolve(Depot.CONFIG))) {
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
