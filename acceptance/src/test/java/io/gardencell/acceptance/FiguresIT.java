package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.BandwidthLimits;
import io.gardencell.api.ContainerInfo;
import io.gardencell.api.ContainerSpec;
import io.gardencell.api.CpuLimits;
import io.gardencell.api.DiskLimits;
import io.gardencell.api.ImageRef;
import io.gardencell.api.Limits;
import io.gardencell.api.MemoryLimits;
import io.gardencell.api.Metrics;
import io.gardencell.api.PidLimits;
import io.gardencell.api.ProcessSpec;
import io.gardencell.client.ProcessOutput;
import io.gardencell.client.RemoteContainer;
import io.gardencell.client.RemoteProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Metrics and limits under real load, on a socket, with the real modules. */
class FiguresIT {

  private static final Duration BOUND = Duration.ofSeconds(60);

  private static GardenDaemon daemon;

  @BeforeAll
  static void start() throws IOException {
    daemon = GardenDaemon.inProcess();
  }

  @AfterAll
  static void stop() throws IOException {
    daemon.close();
  }

  private static RemoteContainer create(String handle, long memory, long disk) throws IOException {
    Limits limits =
        new Limits(
            BandwidthLimits.NONE,
            CpuLimits.NONE,
            new DiskLimits(0, 0, 0, disk, 1),
            new MemoryLimits(memory),
            PidLimits.NONE);
    return daemon
        .client()
        .create(
            new ContainerSpec(
                handle,
                Duration.ZERO,
                "",
                ImageRef.NONE,
                List.of(),
                "",
                Map.of(),
                List.of(),
                false,
                limits,
                List.of(),
                List.of()));
  }

  private static Metrics await(RemoteContainer container, Predicate<Metrics> reached)
      throws IOException {
    long end = System.nanoTime() + BOUND.toNanos();
    Metrics metrics = container.metrics();
    while (!reached.test(metrics) && System.nanoTime() < end) {
      metrics = container.metrics();
    }
    return metrics;
  }

  @Test
  void processorTimeMovesWithLoad() throws IOException {
    RemoteContainer container = create("busy", 0, 0);
    Metrics idle = container.metrics();
    try (RemoteProcess process = container.run(ProcessSpec.of("sh", "-c", "while :; do :; done"))) {
      Metrics busy = await(container, m -> m.cpu().usage() > idle.cpu().usage() + 300_000_000L);

      assertThat(busy.cpu().usage()).isGreaterThan(idle.cpu().usage() + 300_000_000L);
      assertThat(busy.pid().current()).isGreaterThan(idle.pid().current());
      assertThat(busy.age()).isGreaterThan(idle.age());
      process.kill();
      process.waitFor();
    }
    assertThat(container.metrics().cpu().usage())
        .as("what ended processes used still counts")
        .isGreaterThan(idle.cpu().usage() + 300_000_000L);
    container.destroy();
  }

  // guardian.md §18 A39
  @Test
  void memoryAndDiskMoveWithUse() throws IOException {
    RemoteContainer container = create("large", 0, 0);
    Metrics before = container.metrics();
    String script =
        "head -c 3000000 /dev/zero > file;"
            + " awk 'BEGIN { s = \"x\"; for (i = 0; i < 26; i++) s = s s; print \"ready\"; fflush();"
            + " getline; print length(s) }'";
    try (RemoteProcess process = container.run(ProcessSpec.of("sh", "-c", script))) {
      assertThat(process.stdout().readNBytes(6)).asString().isEqualTo("ready\n");

      Metrics after =
          await(
              container,
              m ->
                  m.memory().totalUsageTowardLimit() > 60_000_000
                      && m.disk().totalBytesUsed() >= before.disk().totalBytesUsed() + 3_000_000);

      assertThat(after.memory().totalUsageTowardLimit()).isGreaterThan(60_000_000);
      assertThat(after.disk().totalBytesUsed())
          .isGreaterThanOrEqualTo(before.disk().totalBytesUsed() + 3_000_000);
      assertThat(after.disk().exclusiveBytesUsed()).isGreaterThanOrEqualTo(3_000_000);
      process.kill();
      process.waitFor();
    }
    container.destroy();
  }

  // guardian.md §18 A38
  @Test
  void aProcessPastTheMemoryLimitDiesAndTheEventsSaySo() throws IOException {
    RemoteContainer container = create("hungry", 64 << 20, 0);
    try (RemoteProcess process =
        container.run(
            ProcessSpec.of(
                "awk",
                "BEGIN { s = \"x\"; for (i = 0; i < 29; i++) s = s s; print length(s); getline }"))) {
      ProcessOutput output = process.readToEnd(BOUND);

      assertThat(output.exitStatus()).isNotZero();
    }

    long end = System.nanoTime() + BOUND.toNanos();
    ContainerInfo info = container.info();
    while (info.events() == null && System.nanoTime() < end) {
      info = container.info();
    }
    assertThat(info.events()).contains("Out of memory");
    container.destroy();
  }

  // guardian.md §18 A41
  @Test
  void aWritePastTheQuotaFailsOrIsStopped() throws IOException {
    RemoteContainer container = create("greedy", 0, 5_000_000);
    String script =
        "i=0; while [ $i -lt 2000 ]; do head -c 100000 /dev/zero >> file || exit 9; i=$((i+1));"
            + " done";
    try (RemoteProcess process = container.run(ProcessSpec.of("sh", "-c", script))) {
      ProcessOutput output = process.readToEnd(BOUND);

      assertThat(output.exitStatus()).isNotZero();
    }
    assertThat(container.metrics().disk().exclusiveBytesUsed()).isLessThan(100_000_000);
    container.destroy();
  }
}
