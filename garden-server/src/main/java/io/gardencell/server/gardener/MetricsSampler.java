package io.gardencell.server.gardener;

import io.gardencell.api.CpuStat;
import io.gardencell.api.DiskStat;
import io.gardencell.api.GardenException;
import io.gardencell.api.MemoryStat;
import io.gardencell.api.Metrics;
import io.gardencell.api.NetworkStat;
import io.gardencell.api.PidStat;
import io.gardencell.api.spi.ContainerStats;
import io.gardencell.api.spi.DiskUsage;
import io.gardencell.api.spi.Traffic;
import io.gardencell.server.cell.Cell;
import io.gardencell.server.cell.HostCalls;
import io.gardencell.server.cell.LiveContainer;
import io.gardencell.server.depot.SavedContainer;
import io.gardencell.server.depot.SavedContainer.SavedProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one container, sampled at most once a second; who comes while a sample is taken
 * waits for it instead of taking another, so a host that hangs costs one thread for each container
 * and no more. Any thread.
 */
final class MetricsSampler {

  private static final long MAX_AGE_NANOS = 1_000_000_000L;

  private final Cell cell;
  private final LiveContainer container;
  private @Nullable CompletableFuture<Metrics> last;
  private long lastNanos;

  MetricsSampler(Cell cell, LiveContainer container) {
    this.cell = cell;
    this.container = container;
  }

  /** The figures; blocks for so long at most. */
  Metrics sample(Duration patience) {
    return await(begin(), patience);
  }

  /** Begins a sample unless one is under way or fresh. */
  synchronized CompletableFuture<Metrics> begin() {
    CompletableFuture<Metrics> known = last;
    if (known != null
        && (!known.isDone()
            || (!known.isCompletedExceptionally()
                && System.nanoTime() - lastNanos < MAX_AGE_NANOS))) {
      return known;
    }
    try {
      CompletableFuture<Metrics> fresh =
          CompletableFuture.supplyAsync(this::take, cell.calls().samples());
      last = fresh;
      return fresh;
    } catch (RejectedExecutionException e) {
      throw new GardenException.ServiceUnavailable("metrics: too many are being sampled", e);
    }
  }

  Metrics await(CompletableFuture<Metrics> sample, Duration patience) {
    String name = "metrics " + container.handle();
    try {
      return withAge(HostCalls.await(name, sample, patience));
    } catch (TimeoutException e) {
      throw HostCalls.noAnswer(name, patience, e);
    }
  }

  private Metrics take() {
    String handle = container.handle().value();
    SavedContainer saved = container.saved();
    ContainerStats stats = cell.plugins().runtime().stats(handle);
    for (SavedProcess process : saved.processes()) {
      if (process.sidecar() && process.pid() != 0) {
        stats = sum(stats, ofSidecar(process.id()));
      }
    }
    DiskUsage disk =
        saved.origin().rawRoot() ? new DiskUsage(0, 0) : cell.plugins().image().usage(handle);
    Optional<Traffic> traffic = cell.plugins().network().traffic(handle);
    Metrics fresh = metrics(stats, disk, traffic);
    synchronized (this) {
      lastNanos = System.nanoTime();
    }
    return fresh;
  }

  /** One that has just ended counts for nothing. */
  private ContainerStats ofSidecar(String id) {
    try {
      return cell.plugins().runtime().stats(id);
    } catch (GardenException.ContainerNotFound ended) {
      return new ContainerStats(0, 0, 0, 0, 0);
    }
  }

  /** The figures of a single sidecar, by which a client may ask as if it were a container. */
  static Metrics ofSidecar(Cell cell, SavedProcess process) {
    ContainerStats stats = cell.plugins().runtime().stats(process.id());
    DiskUsage disk = cell.plugins().image().usage(process.id());
    Metrics metrics = metrics(stats, disk, Optional.empty());
    return withAge(metrics, age(cell, process.startedMillis()), 0);
  }

  private static Metrics metrics(ContainerStats stats, DiskUsage disk, Optional<Traffic> traffic) {
    return new Metrics(
        MemoryStat.ofCommit(stats.memoryBytes()),
        new CpuStat(stats.cpuTotalNanos(), stats.cpuUserNanos(), stats.cpuKernelNanos()),
        new DiskStat(disk.totalBytes(), 0, disk.exclusiveBytes(), 0),
        traffic.map(t -> new NetworkStat(t.receivedBytes(), t.sentBytes())).orElse(null),
        new PidStat(stats.processes(), 0),
        Duration.ZERO,
        0);
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
    SavedContainer.Origin origin = container.saved().origin();
    Duration age = age(cell, origin.createdMillis());
    double shares = (double) origin.limits().cpu().shares();
    double perShare = cell.settings().policy().entitlementPerShare() / 100;
    return withAge(metrics, age, (long) (shares * perShare * age.toMillis() * 1e6));
  }

  private static Duration age(Cell cell, long sinceMillis) {
    return Duration.ofMillis(Math.max(1, cell.clock().millis() - sinceMillis));
  }

  private static Metrics withAge(Metrics metrics, Duration age, long entitlement) {
    return new Metrics(
        metrics.memory(),
        metrics.cpu(),
        metrics.disk(),
        metrics.network(),
        metrics.pid(),
        age,
        entitlement);
  }
}
