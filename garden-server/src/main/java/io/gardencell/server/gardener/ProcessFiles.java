package io.gardencell.server.gardener;

import io.gardencell.api.oci.OciJson;
import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.oci.OciSpec;
import io.gardencell.server.gardener.SavedContainer.SavedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  private final Path processes;

  ProcessFiles(Path bundle) {
    processes = bundle.resolve("processes");
  }

  /** The directory of a process; a sidecar's bundle. */
  Path directory(String id) {
    return processes.resolve(id);
  }

  void writeSpec(String id, OciProcess process) {
    StateFiles.writeText(directory(id).resolve(SPEC), OciJson.write(process) + "\n");
  }

  void writeConfig(String id, OciSpec config) {
    StateFiles.writeText(directory(id).resolve(CONFIG), OciJson.write(config) + "\n");
  }

  void writePid(String id, long pid) {
    StateFiles.writeText(directory(id).resolve(PIDFILE), Long.toString(pid));
  }

  /** None is no failure. */
  void remove(String id) {
    StateFiles.removeTree(directory(id));
  }

  /** The processes that the directories tell of; those without a readable pid have none. */
  List<SavedProcess> found() throws IOException {
    List<SavedProcess> found = new ArrayList<>();
    if (!Files.isDirectory(processes, LinkOption.NOFOLLOW_LINKS)) {
      return found;
    }
    List<Path> directories;
    try (Stream<Path> entries = Files.list(processes)) {
      directories = entries.filter(Files::isDirectory).sorted().toList();
    }
    for (Path directory : directories) {
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

  private static long pid(Path pidfile) throws IOException {
    String text = Files.exists(pidfile) ? Files.readString(pidfile).strip() : "";
    return text.matches("[0-9]{1,10}") ? Long.parseLong(text) : 0;
  }
}
