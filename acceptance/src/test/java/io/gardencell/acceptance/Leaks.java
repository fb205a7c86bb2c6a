package io.gardencell.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** What this process holds of the operating system, and patience until it holds less. */
final class Leaks {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private Leaks() {}

  /** Open file handles, by what they are open on; pipes without their numbers. */
  static List<String> files() {
    try (Stream<Path> all = Files.list(DESCRIPTORS)) {
      return all.map(Leaks::target).filter(t -> !t.isEmpty()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().replaceFirst(":\\[[0-9]+]$", "");
    } catch (NoSuchFileException closed) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Names of the live threads, without the one that Java keeps a while for ended processes. */
  static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> !name.equals("process reaper"))
        .sorted()
        .toList();
  }

  /** Waits until something outside is so; false when the time is over. */
  static boolean becomes(Duration patience, BooleanSupplier condition) {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(5_000_000);
    }
    return true;
  }
}
