package io.gardencell.server.gardener;

import io.gardencell.api.CpuStat;
import io.gardencell.api.DiskStat;
import io.gardencell.api.MemoryStat;
import io.gardencell.api.Metrics;
import io.gardencell.api.NetworkStat;
import io.gardencell.api.PidStat;
import io.gardencell.api.spi.ContainerStats;
import io.gardencell.api.spi.DiskUsage;
import io.gardencell.api.spi.Traffic;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one container, sampled at most once a second; who comes while a sample is taken
 * waits for it instead of taking another. Any thread; blocks.
 */
final class MetricsSampler {

  private static final long MAX_AGE_NANOS = 1_000_000_000L;

  private final Cell cell;
  private final LiveContainer container;
  private @Nullable Metrics last;
  private long lastNanos;

  MetricsSampler(Cell cell, LiveContainer container) {
    this.cell = cell;
    this.container = container;
  }

  /** Called on a thread that may hang; others wait for it no longer than their own deadline. */
  synchronized Metrics sample() {
    Metrics known = last;
    if (known != null && System.nanoTime() - lastNanos < MAX_AGE_NANOS) {
      return withAge(known);
    }
    String handle = container.handle().value();
    ContainerStats stats = cell.plugins().runtime().stats(handle);
    for (SavedContainer.SavedProcess process : container.saved().processes()) {
      if (process.sidecar()) {
        stats = sum(stats, cell.plugins().runtime().stats(process.id()));
      }
    }
    DiskUsage disk = cell.plugins().image().usage(handle);
    Optional<Traffic> traffic = cell.plugins().network().traffic(handle);
    Metrics fresh =
        new Metrics(
            MemoryStat.ofCommit(stats.memoryBytes()),
            new CpuStat(stats.cpuTotalNanos(), stats.cpuUserNanos(), stats.cpuKernelNanos()),
            new DiskStat(disk.totalBytes(), 0, disk.exclusiveBytes(), 0),
            traffic.map(t -> new NetworkStat(t.receivedBytes(), t.sentBytes())).orElse(null),
            new PidStat(stats.processes(), 0),
            Duration.ZERO,
            0);
    last = fresh;
    lastNanos = System.nanoTime();
    return withAge(fresh);
  }

  private static ContainerStats sum(ContainerStats a, ContainerStats b) {
    return new ContainerStats(
        a.cpuTotalNanos() + b.cpuTotalNanos(),
        a.cpuUserNanos() + b.cpuUserNanos(),
        a.cpuKernelNanos() + b.cpuKernelNanos(),
        a.memoryBytes() + b.memoryBytes(),
        a.processes() + b.processes());
  }

  private Metrics withAge(Metrics metrics) {
    SavedContainer saved = container.saved();
    long millis = Math.max(1, cell.clock().millis() - saved.createdMillis());
    double shares = (double) saved.limits().cpu().shares();
    long entitlement =
        (long) (shares * cell.settings().policy().entitlementPerShare() / 100 * millis * 1e6);
    return new Metrics(
        metrics.memory(),
        metrics.cpu(),
        metrics.disk(),
        metrics.network(),
        metrics.pid(),
        Duration.ofMillis(millis),
        entitlement);
  }
}
