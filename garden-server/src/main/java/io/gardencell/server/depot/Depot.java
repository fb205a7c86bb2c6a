package io.gardencell.server.depot;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.WireJson;
import io.gardencell.api.files.AtomicFile;
import io.gardencell.api.oci.OciJson;
import io.gardencell.api.oci.OciSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The depot: a directory for each container with its state file. A state file is replaced whole and
 * flushed, so a crash leaves the old one or the new one. Any thread; the caller sees to it that one
 * container is written by one thread at a time.
 */
public final class Depot {

  private static final Logger log = LoggerFactory.getLogger(Depot.class);
  private static final String STATE = "container.json";
  static final String CONFIG = "config.json";
  static final String PIDFILE = "pidfile";

  private final Path depot;
  private final DepotFiles files;

  public Depot(Path depot, DepotFiles files) {
    this.depot = depot;
    this.files = files;
  }

  public Path bundle(String handle) {
    return depot.resolve(handle);
  }

  public void write(SavedContainer container) {
    try {
      files.write(bundle(container.handle()).resolve(STATE), WireJson.encode(container));
    } catch (IOException e) {
      throw GardenException.failure("cannot store state of " + container.handle() + ": " + e, e);
    }
  }

  /** Writes the container's OCI document, of which a runtime makes it. */
  public void writeConfig(String handle, OciSpec config) {
    writeText(bundle(handle).resolve(CONFIG), OciJson.write(config) + "\n");
  }

  /** The container's OCI document. */
  public OciSpec config(String handle) throws IOException {
    return OciJson.read(Files.readString(bundle(handle).resolve(CONFIG)), OciSpec.class);
  }

  /** Notes that the container runs. */
  public void writePid(String handle, long pid) {
    writeText(bundle(handle).resolve(PIDFILE), Long.toString(pid));
  }

  /** When it was noted that the container runs, in milliseconds since the epoch. */
  public long runsSince(String handle) throws IOException {
    return Files.getLastModifiedTime(bundle(handle).resolve(PIDFILE)).toMillis();
  }

  /** Writes a text file of a bundle. */
  void writeText(Path file, String text) {
    try {
      files.write(file, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw GardenException.failure("cannot write " + file + ": " + e, e);
    }
  }

  /**
   * A container that the depot tells of.
   *
   * @param saved its state; null if there is no state file that can be read
   * @param corrupt whether there was one that could not, and was set aside
   */
  public record Found(String handle, @Nullable SavedContainer saved, boolean corrupt) {}

  /** All containers of the depot, in the order of their handles. */
  public List<Found> load() throws IOException {
    Files.createDirectories(depot);
    List<Found> found = new ArrayList<>();
    List<Path> bundles;
    try (Stream<Path> entries = Files.list(depot)) {
      bundles =
          entries.filter(e -> Files.isDirectory(e, LinkOption.NOFOLLOW_LINKS)).sorted().toList();
    }
    for (Path bundle : bundles) {
      String handle = String.valueOf(bundle.getFileName());
      if (Handle.find(handle).isPresent()) {
        found.add(read(bundle, handle));
      } else {
        log.atWarn().addKeyValue("directory", bundle).log("not a container, left alone");
      }
    }
    return found;
  }

  private Found read(Path bundle, String handle) throws IOException {
    Path file = bundle.resolve(STATE);
    AtomicFile.removeLeftovers(file);
    try {
      SavedContainer saved = WireJson.decode(files.read(file), SavedContainer.class);
      if (handle.equals(saved.handle()) && saved.version() == SavedContainer.VERSION) {
        return new Found(handle, saved, false);
      }
      setAside(file, "handle '%s', version %d".formatted(saved.handle(), saved.version()));
    } catch (NoSuchFileException e) {
      // One that was set aside at an earlier start was corrupt all the same.
      return new Found(handle, null, Files.exists(aside(file)));
    } catch (GardenException | IOException e) {
      setAside(file, e.toString());
    }
    return new Found(handle, null, true);
  }

  private static Path aside(Path file) {
    return file.resolveSibling(STATE + ".corrupt");
  }

  private static void setAside(Path file, String why) throws IOException {
    Files.move(file, aside(file), StandardCopyOption.REPLACE_EXISTING);
    log.atError()
        .addKeyValue("file", file)
        .addKeyValue("aside", aside(file))
        .addKeyValue("reason", why)
        .log("corrupt state file set aside");
  }

  /** Removes a container's directory; none is no failure. */
  public void remove(String handle) {
    removeTree(bundle(handle));
  }

  /** Removes a directory with all that is in it; none is no failure. */
  void removeTree(Path directory) {
    try {
      files.remove(directory);
    } catch (IOException e) {
      throw GardenException.failure("cannot remove " + directory + ": " + e, e);
    }
  }
}
