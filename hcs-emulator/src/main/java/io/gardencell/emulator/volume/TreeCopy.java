package io.gardencell.emulator.volume;

import io.gardencell.emulator.posix.FileCopy;
import io.gardencell.emulator.state.StateDirectory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lays one tree of files over another: what is of the same name is replaced, a directory joins a
 * directory. Links inside the tree stay links. Any thread; the files of a large tree are copied by
 * a few threads that end when idle.
 */
final class TreeCopy implements AutoCloseable {

  /** How a file comes to its new place. */
  enum Way {
    /**
     * Its own bytes: blocks shared where the file system can, else copied. For volumes, through
     * which a container must not reach its layers.
     */
    COPY,
    /** A further name of the same file. For layers, whose files nobody writes in place. */
    LINK
  }

  /** What a tree weighs: bytes of all its files, and of the largest one. */
  record Weight(long bytes, long largest) {}

  private static final int CHUNK = 64;
  private static final int THREADS = Math.min(4, Runtime.getRuntime().availableProcessors());

  /** Pairs of devices between which blocks cannot be shared. */
  private final Set<Devices> withoutReflinks = ConcurrentHashMap.newKeySet();

  private final ExecutorService threads;

  private record Devices(long from, long to) {}

  @FunctionalInterface
  private interface Piece {
    void place() throws IOException;
  }

  private record Item(Path from, Path to, BasicFileAttributes attributes) {}

  TreeCopy() {
    var pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            2,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "emulator-copy");
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    threads = pool;
  }

  /** Lays the tree {@code from} over {@code to}, an existing directory. */
  Weight over(Path from, Path to, Way way) throws IOException {
    Walk walk = new Walk(from, to);
    Files.walkFileTree(from, walk);
    Devices devices = new Devices(device(from), device(to));
    List<Piece> pieces = new ArrayList<>();
    for (int i = 0; i < walk.files.size(); i += CHUNK) {
      List<Item> piece = walk.files.subList(i, Math.min(walk.files.size(), i + CHUNK));
      pieces.add(() -> place(piece, way, devices));
    }
    run(pieces);
    for (Item second : walk.secondNames) {
      Files.createLink(second.to(), second.from());
    }
    for (int i = walk.directories.size() - 1; i >= 0; i--) {
      Item directory = walk.directories.get(i);
      Files.setPosixFilePermissions(
          directory.to(), Files.getPosixFilePermissions(directory.from()));
      Files.setLastModifiedTime(directory.to(), directory.attributes().lastModifiedTime());
    }
    return new Weight(walk.bytes, walk.largest);
  }

  private static long device(Path path) throws IOException {
    return ((Number) Files.getAttribute(path, "unix:dev")).longValue();
  }

  private void run(List<Piece> pieces) throws IOException {
    if (pieces.size() == 1) {
      pieces.get(0).place();
      return;
    }
    List<Callable<Boolean>> tasks = new ArrayList<>();
    for (Piece piece : pieces) {
      tasks.add(
          () -> {
            piece.place();
            return true;
          });
    }
    try {
      for (Future<Boolean> task : threads.invokeAll(tasks)) {
        task.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("copying was interrupted");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
    }
  }

  private void place(List<Item> piece, Way way, Devices devices) throws IOException {
    if (way == Way.COPY && FileCopy.isAvailable()) {
      try (FileCopy files = new FileCopy()) {
        for (Item item : piece) {
          if (item.attributes().isRegularFile()) {
            copy(item, files, devices);
          } else {
            copy(item);
          }
        }
      }
      return;
    }
    for (Item item : piece) {
      if (way == Way.LINK && item.attributes().isRegularFile()) {
        link(item);
      } else {
        copy(item);
      }
    }
  }

  private void copy(Item item, FileCopy files, Devices devices) throws IOException {
    boolean share = devices.from() == devices.to() && !withoutReflinks.contains(devices);
    FileCopy.Outcome outcome =
        files.copy(
            item.from(),
            item.to(),
            UnixMode.of(item.from()),
            item.attributes().lastModifiedTime().toInstant(),
            share);
    if (outcome == FileCopy.Outcome.CANNOT_SHARE) {
      withoutReflinks.add(devices);
    }
  }

  private static void copy(Item item) throws IOException {
    Files.copy(
        item.from(), item.to(), LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
  }

  /** Not every file system has further names, and none has them without end. */
  private static void link(Item item) throws IOException {
    try {
      Files.createLink(item.to(), item.from());
    } catch (IOException | UnsupportedOperationException refused) {
      copy(item);
    }
  }

  @Override
  public void close() {
    threads.shutdown();
  }

  /** Makes the directories, clears the way, and notes the files. */
  private static final class Walk extends SimpleFileVisitor<Path> {

    final List<Item> files = new ArrayList<>();
    final List<Item> directories = new ArrayList<>();

    /** From a name in the new tree to another one: the same file in the old tree. */
    final List<Item> secondNames = new ArrayList<>();

    private final Map<Object, Path> placed = new HashMap<>();
    private final Path from;
    private final Path to;
    private final boolean empty;
    long bytes;
    long largest;

    Walk(Path from, Path to) throws IOException {
      this.from = from;
      this.to = to;
      try (var names = Files.list(to)) {
        this.empty = names.findAny().isEmpty();
      }
    }

    private Path target(Path path) {
      return to.resolve(from.relativize(path).toString());
    }

    @Override
    public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a) throws IOException {
      Path target = target(dir);
      if (empty) {
        if (!dir.equals(from)) {
          Files.createDirectory(target);
        }
      } else if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
        Files.deleteIfExists(target);
        Files.createDirectory(target);
      }
      directories.add(new Item(dir, target, a));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
      Path target = target(file);
      if (!empty) {
        StateDirectory.removeTree(target);
      }
      if (a.isRegularFile()) {
        bytes += a.size();
        largest = Math.max(largest, a.size());
      }
      Object key = a.isRegularFile() ? a.fileKey() : null;
      @Nullable Path first = key == null ? null : placed.putIfAbsent(key, target);
      if (first == null) {
        files.add(new Item(file, target, a));
      } else {
        secondNames.add(new Item(first, target, a));
      }
      return FileVisitResult.CONTINUE;
    }
  }
}
