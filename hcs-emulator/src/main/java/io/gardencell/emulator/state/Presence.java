package io.gardencell.emulator.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One program's use of a state directory, until it is closed or the program dies. Who comes when
 * nobody is there removes what a crash left: files that were being written, volumes that were being
 * filled.
 */
public final class Presence implements AutoCloseable {

  private static final Duration EXITS_KEPT = Duration.ofHours(1);

  private final @Nullable FileChannel file;

  private Presence(@Nullable FileChannel file) {
    this.file = file;
  }

  /** Enters a directory; waits while another program clears it up. */
  public static Presence in(StateDirectory state) throws IOException {
    FileChannel file =
        FileChannel.open(
            state.root().resolve("users.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      FileLock alone = file.tryLock();
      if (alone != null) {
        clearUp(state.root());
        alone.release();
      }
      FileLock shared = file.lock(0, Long.MAX_VALUE, true);
      return new Presence(shared.isValid() ? file : null);
    } catch (OverlappingFileLockException otherHostOfThisProgram) {
      file.close();
      return new Presence(null);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private static void clearUp(Path root) throws IOException {
    for (String directory :
        List.of("hns/networks", "hns/endpoints", "hns/adapters", "quota", "exits")) {
      remove(root.resolve(directory), name -> name.endsWith(".new"));
    }
    for (Path system : StateDirectory.list(root.resolve("systems"))) {
      remove(system, name -> name.endsWith(".new"));
    }
    remove(root.resolve("volumes"), name -> name.contains(".filling-"));
    remove(root, name -> name.startsWith("wake"));
    Instant old = Instant.now().minus(EXITS_KEPT);
    for (Path exit : StateDirectory.list(root.resolve("exits"))) {
      if (Files.getLastModifiedTime(exit).toInstant().isBefore(old)) {
        Files.deleteIfExists(exit);
      }
    }
  }

  private static void remove(Path directory, Predicate<String> names) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      for (Path path : all.toList()) {
        if (names.test(String.valueOf(path.getFileName()))) {
          StateDirectory.removeTree(path);
        }
      }
    }
  }

  @Override
  public void close() {
    try {
      if (file != null) {
        file.close();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
