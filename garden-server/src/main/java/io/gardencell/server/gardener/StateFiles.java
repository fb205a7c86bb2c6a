package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.WireJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystems;
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
import java.util.concurrent.locks.LockSupport;
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

  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  private static final int MOVE_ATTEMPTS = 10;
  private static final long MOVE_PAUSE_NANOS = 20_000_000;

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
      if (!Files.isDirectory(bundle)) {
        Files.createDirectories(bundle);
        flushDirectory(depot);
      }
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
    move(fresh, file);
    flushDirectory(file.resolveSibling("."));
  }

  /** On Windows a scanner may hold a fresh file open for a moment. */
  private static void move(Path fresh, Path file) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        Files.move(
            fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return;
      } catch (AccessDeniedException e) {
        if (POSIX || attempt == MOVE_ATTEMPTS) {
          throw e;
        }
        LockSupport.parkNanos(MOVE_PAUSE_NANOS);
      }
    }
  }

  /** A rename outlives a loss of power once its directory is flushed; NTFS sees to it itself. */
  private static void flushDirectory(Path directory) throws IOException {
    if (POSIX) {
      try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
        opened.force(true);
      }
    }
  }

  /**
   * A container that the depot tells of.
   *
   * @param saved its state; null if there is no state file that can be read
   * @param corrupt whether there was one that could not, and was set aside
   */
  record Found(String handle, @Nullable SavedContainer saved, boolean corrupt) {}

  /** All containers of the depot, in the order of their handles. */
  List<Found> load() throws IOException {
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

  private static Found read(Path bundle, String handle) throws IOException {
    Path file = bundle.resolve(STATE);
    try {
      SavedContainer saved = WireJson.decode(Files.readAllBytes(file), SavedContainer.class);
      if (handle.equals(saved.handle()) && saved.version() == SavedContainer.VERSION) {
        return new Found(handle, saved, false);
      }
      setAside(file, "handle '%s', version %d".formatted(saved.handle(), saved.version()));
    } catch (NoSuchFileException e) {
      // One that was set aside at an earlier start was corrupt all the same.
      return new Found(handle, null, Files.exists(aside(file)));
    } catch (GardenException | IOException e) {
      setAside(file, HostCalls.text(e));
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
  void remove(String handle) {
    removeTree(bundle(handle));
  }

  /**
   * Removes a directory with all that is in it, without following links; what somebody else removes
   * meanwhile is no failure.
   */
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
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null && !(failure instanceof NoSuchFileException)) {
        throw failure;
      }
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
