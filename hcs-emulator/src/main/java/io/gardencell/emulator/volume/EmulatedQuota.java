package io.gardencell.emulator.volume;

import io.gardencell.emulator.state.Failures;
import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostQuota;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Quotas of volumes, enforced by looking: what the layers brought is measured at prepare and taken
 * off. Any thread.
 */
public final class EmulatedQuota implements HostQuota {

  private static final int BLOCK = 512;

  private final StateDirectory state;
  private final EmulatedVolumes volumes;

  /** A volume's limit and the bytes of its read-only layers. */
  record Limit(long bytes) {}

  /** What the layers brought: bytes of all files, and of the largest. */
  record Baseline(long bytes, long largest) {}

  /** Quotas of a state directory. */
  public EmulatedQuota(StateDirectory state, EmulatedVolumes volumes) {
    this.state = state;
    this.volumes = volumes;
  }

  private Path file(Path volume, String kind) {
    return state.root().resolve("quota").resolve(volume.getFileName() + "." + kind + ".json");
  }

  void baseline(Path volume, TreeCopy.Weight layers) {
    state.write(file(volume, "layers"), new Baseline(layers.bytes(), layers.largest()));
  }

  void forget(Path volume) throws IOException {
    Files.deleteIfExists(file(volume, "layers"));
    Files.deleteIfExists(file(volume, "limit"));
  }

  @Override
  public void setLimit(String volume, long bytes) {
    HostQuota.requireLimit(bytes);
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

  /** The limit of a volume that is there and has one. */
  public Optional<Long> limitOf(String volume) {
    try {
      return limit(volumes.directory(volume, "quota"));
    } catch (HcsException gone) {
      return Optional.empty();
    }
  }

  /**
   * What a process may write into one file, for {@code ulimit -f}: the limit, and as much as the
   * largest file of the layers has, which it may change.
   */
  public String fileBlocks(Path volume) {
    long inherited =
        state.read(file(volume, "layers"), Baseline.class).map(Baseline::largest).orElse(0L);
    return limit(volume)
        .map(l -> String.valueOf((l + inherited + BLOCK - 1) / BLOCK))
        .orElse("unlimited");
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
