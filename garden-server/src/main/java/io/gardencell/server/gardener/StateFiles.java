package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.WireJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
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
final class StateFiles {

  private static final Logger log = LoggerFactory.getLogger(StateFiles.class);
  private static final String STATE = "container.json";

  private final Path depot;

  StateFiles(Path depot) {
    this.depot = depot;
  }

  Path bundle(String handle) {
    return depot.resolve(handle);
  }

  void write(SavedContainer container) {
    try {
      Path bundle = bundle(container.handle());
      Files.createDirectories(bundle);
      replace(bundle.resolve(STATE), WireJson.encode(container));
    } catch (IOException e) {
      throw GardenException.failure("cannot store state of " + container.handle() + ": " + e, e);
    }
  }

  /** Writes a text file of a bundle. */
  static void writeText(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      replace(file, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw GardenException.failure("cannot write " + file + ": " + e, e);
    }
  }

  private static void replace(Path file, byte[] content) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel out =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** All containers of the depot; what cannot be read is set aside and known by its handle only. */
  List<SavedContainer> load() throws IOException {
    Files.createDirectories(depot);
    List<SavedContainer> found = new ArrayList<>();
    List<Path> bundles;
    try (Stream<Path> entries = Files.list(depot)) {
      bundles = entries.filter(e -> Files.isDirectory(e, LinkOption.NOFOLLOW_LINKS)).toList();
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

  private static SavedContainer read(Path bundle, String handle) throws IOException {
    Path file = bundle.resolve(STATE);
    try {
      SavedContainer saved = WireJson.decode(Files.readAllBytes(file), SavedContainer.class);
      if (handle.equals(saved.handle()) && saved.version() == SavedContainer.VERSION) {
        return saved;
      }
      setAside(file, "handle '%s', version %d".formatted(saved.handle(), saved.version()));
    } catch (NoSuchFileException e) {
      log.atWarn().addKeyValue("handle", handle).log("container without a state file");
    } catch (GardenException e) {
      setAside(file, String.valueOf(e.getMessage()));
    }
    return SavedContainer.unknown(handle, Files.getLastModifiedTime(bundle).toMillis());
  }

  private static void setAside(Path file, String why) throws IOException {
    Path aside = file.resolveSibling(STATE + ".corrupt");
    Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
    log.atError()
        .addKeyValue("file", file)
        .addKeyValue("aside", aside)
        .addKeyValue("reason", why)
        .log("corrupt state file set aside");
  }

  /** Removes a container's directory; none is no failure. */
  void remove(String handle) {
    removeTree(bundle(handle));
  }

  /** Removes a directory with all that is in it, without following links. */
  static void removeTree(Path directory) {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Files.walkFileTree(directory, new Remover());
    } catch (IOException e) {
      throw GardenException.failure("cannot remove " + directory + ": " + e, e);
    }
  }

  private static final class Remover extends SimpleFileVisitor<Path> {

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
