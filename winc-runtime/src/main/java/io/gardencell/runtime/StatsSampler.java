package io.gardencell.runtime;

import io.gardencell.api.spi.ContainerStats;
import io.gardencell.hcs.document.Statistics;
import io.gardencell.hcs.document.SystemProperties;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Samples statistics so that requests for one container that come together share one query. Any
 * thread.
 */
final class StatsSampler {

  private final Map<String, Slot> slots = new ConcurrentHashMap<>();
  private final Duration age;
  private final LongSupplier nanoTime;

  StatsSampler(Duration age, LongSupplier nanoTime) {
    this.age = age;
    this.nanoTime = nanoTime;
  }

  ContainerStats sample(String handle, Function<String, SystemProperties> query) {
    return slots.computeIfAbsent(handle, h -> new Slot()).get(handle, query);
  }

  void forget(String handle) {
    slots.remove(handle);
  }

  static ContainerStats stats(SystemProperties properties) {
    int processes = properties.processList().size();
    Statistics statistics = properties.statistics();
    if (statistics == null) {
      return new ContainerStats(0, 0, 0, 0, processes);
    }
    Statistics.Processor processor = statistics.processor();
    return new ContainerStats(
        processor.totalRuntime100ns() * 100,
        processor.runtimeUser100ns() * 100,
        processor.runtimeKernel100ns() * 100,
        statistics.memory().commitBytes(),
        processes);
  }

  /** The last sample of a container; its lock lets only one query of it be under way. */
  private final class Slot {

    private @Nullable ContainerStats last;
    private long takenAt;

    synchronized ContainerStats get(String handle, Function<String, SystemProperties> query) {
      ContainerStats known = last;
      if (known != null && nanoTime.getAsLong() - takenAt < age.toNanos()) {
        return known;
      }
      ContainerStats fresh = stats(query.apply(handle));
      takenAt = nanoTime.getAsLong();
      last = fresh;
      return fresh;
    }
  }
}
