package io.gardencell.emulator;

import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostQuota;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Quotas of volumes, enforced by looking: what the layers brought is measured at prepare and taken
 * off. Any thread.
 */
final class EmulatedQuota implements HostQuota {

  private static final int BLOCK = 512;

  private final StateDirectory state;
  private final EmulatedVolumes volumes;
  private final Map<Path, Long> nextLook = new ConcurrentHashMap<>();

  /** A volume's limit and the bytes of its read-only layers. */
  record Limit(long bytes) {}

  /** Bytes that the layers brought. */
  record Baseline(long bytes) {}

  EmulatedQuota(StateDirectory state, EmulatedVolumes volumes) {
    this.state = state;
    this.volumes = volumes;
  }

  private Path file(Path volume, String kind) {
    return state.root().resolve("quota").resolve(volume.getFileName() + "." + kind + ".json");
  }

  void baseline(Path volume) {
    state.write(file(volume, "layers"), new Baseline(walk(volume)));
  }

  void forget(Path volume) throws IOException {
    Files.deleteIfExists(file(volume, "layers"));
    Files.deleteIfExists(file(volume, "limit"));
  }

  @Override
  public void setLimit(String volume, long bytes) {
    if (bytes < 1024) {
      throw new IllegalArgumentException("quota: " + bytes + " bytes (expected: at least 1024)");
    }
    Path directory = volumes.directory(volume, "IFsrmQuotaManager");
    state.write(file(directory, "limit"), new Limit(bytes));
  }

  private Optional<Long> limit(Path directory) {
    return state.read(file(directory, "limit"), Limit.class).map(Limit::bytes);
  }

  @Override
  public Optional<Long> used(String volume) {
    Path directory = volumes.directory(volume, "IFsrmQuotaManager");
    return limit(directory).map(l -> own(directory));
  }

  @Override
  public long measure(String volume) {
    return own(volumes.directory(volume, "measure"));
  }

  private long own(Path directory) {
    long layers =
        state.read(file(directory, "layers"), Baseline.class).map(Baseline::bytes).orElse(0L);
    return Math.max(0, walk(directory) - layers);
  }

  /** Bytes in use when they are past the limit; looks no more often than the looking costs. */
  Optional<Long> exceeded(String volume) {
    Path directory;
    try {
      directory = volumes.directory(volume, "quota");
    } catch (HcsException gone) {
      return Optional.empty();
    }
    Optional<Long> limit = limit(directory);
    long begin = System.nanoTime();
    if (limit.isEmpty() || begin < nextLook.getOrDefault(directory, Long.MIN_VALUE)) {
      return Optional.empty();
    }
    long used = own(directory);
    long end = System.nanoTime();
    nextLook.put(directory, end + Math.max(100_000_000L, (end - begin) * 10));
    return used > limit.get() ? Optional.of(used) : Optional.empty();
  }

  /** What a process may write into one file, for {@code ulimit -f}. */
  String fileBlocks(Path volume) {
    return limit(volume)
        .map(l -> String.valueOf(Math.max(1, (l - own(volume) + BLOCK - 1) / BLOCK)))
        .orElse("unlimited");
  }

  /** Whether the process has a file of the volume open, or that cannot be told. */
  static boolean mayWrite(long pid, Path volume) {
    Path fds = Path.of("/proc/" + pid + "/fd");
    if (!Files.isReadable(fds)) {
      return true;
    }
    try (var names = Files.list(fds)) {
      return names.anyMatch(
          fd -> {
            try {
              return Files.readSymbolicLink(fd).toString().startsWith(volume + "/");
            } catch (IOException gone) {
              return false;
            }
          });
    } catch (IOException gone) {
      return false;
    }
  }

  static long walk(Path directory) {
    long[] sum = new long[1];
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
              sum[0] += a.isRegularFile() ? a.size() : 0;
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw Failures.of("measure", directory.toString(), e);
    }
    return sum[0];
  }
}
