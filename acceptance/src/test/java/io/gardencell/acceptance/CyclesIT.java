package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Containers that come and go leave nothing behind, in this process or on the disk. {@code
 * -Dgardencell.cycles=1000} is the whole test; a build has time for fewer.
 */
class CyclesIT {

  private static final int CYCLES = Integer.getInteger("gardencell.cycles", 15);
  private static final int WARM_UP = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Far below what a leak of a kilobyte in each of a thousand cycles would be. */
  private static final long HEAP_GROWTH = 512 << 10;

  private record Held(int threads, int files, long entries, long heap) {}

  @Test
  void createRunAndDestroyLeaveNothingBehind(@TempDir Path directory) throws IOException {
    try (EmulatedCell cell = new EmulatedCell(directory, s -> s)) {
      live(cell, WARM_UP);
      Held before = held(cell, directory);
      live(cell, CYCLES);
      Leaks.becomes(PATIENCE, () -> Leaks.threads().size() <= before.threads());
      Held after = held(cell, directory);

      System.out.printf("%d cycles: before %s, after %s%n", CYCLES, before, after);
      assertThat(cell.leftovers()).isEmpty();
      assertThat(cell.host().openHandles()).isZero();
      assertThat(after.threads()).isLessThanOrEqualTo(before.threads());
      assertThat(after.files()).isLessThanOrEqualTo(before.files());
      assertThat(after.entries()).isLessThanOrEqualTo(before.entries());
      assertThat(after.heap() - before.heap()).isLessThan(HEAP_GROWTH);
    }
  }

  private static void live(EmulatedCell cell, int cycles) {
    for (int i = 0; i < cycles; i++) {
      new ContainerLife(cell, "cycle-" + System.nanoTime()).live();
      cell.host().heal();
    }
  }

  private static Held held(EmulatedCell cell, Path directory) throws IOException {
    Leaks.becomes(PATIENCE, () -> cell.leftovers().isEmpty());
    List<String> threads = Leaks.threads();
    long heap = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      heap = Math.min(heap, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return new Held(threads.size(), Leaks.files().size(), CellFiles.count(directory), heap);
  }
}
