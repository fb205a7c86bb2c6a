package io.gardencell.acceptance.bench;

import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.SystemDocument;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.channels.CompletionHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Figures of the emulated host, each beside what it is to be compared with. Arguments: one of
 * {@code pipe}, {@code volume}, {@code idle}; all three without. Sizes by system properties, see
 * the fields.
 *
 * <ul>
 *   <li>{@code pipe}: one stdout through the host against {@code process | cat} (expected: 60 %)
 *   <li>{@code volume}: making a volume of a layer with 20 and with 3,000 files (expected for the
 *       small one: under 50 ms)
 *   <li>{@code idle}: processor time of a host with many idle systems that all have limits, and
 *       what asking all of them for their statistics costs
 * </ul>
 */
public final class EmulatedHostBench {

  private static final long PIPE_BYTES = Long.getLong("bench.pipe.bytes", 2L << 30);
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 5);
  private static final int WARM_UP = 8;
  private static final int FILES = Integer.getInteger("bench.volume.files", 3_000);
  private static final int SYSTEMS = Integer.getInteger("bench.idle.systems", 250);
  private static final int IDLE_SECONDS = Integer.getInteger("bench.idle.seconds", 20);
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private final Host host;
  private final Path directory;

  private EmulatedHostBench(Host host, Path directory) {
    this.host = host;
    this.directory = directory;
  }

  /** Runs the benchmarks named, or all. */
  public static void main(String[] arguments) throws Exception {
    List<String> wanted =
        arguments.length == 0 ? List.of("pipe", "volume", "idle") : List.of(arguments);
    Path directory = Files.createTempDirectory("emulated-bench").toRealPath();
    try (Host host =
        HostProvider.named("emulated").open(new HostOptions(directory.resolve("data")))) {
      EmulatedHostBench bench = new EmulatedHostBench(host, directory);
      for (String name : wanted) {
        switch (name) {
          case "pipe" -> bench.pipe();
          case "volume" -> bench.volume();
          case "idle" -> bench.idle();
          default ->
              throw new IllegalArgumentException(
                  "benchmark: '" + name + "' (expected: pipe, volume or idle)");
        }
      }
    } finally {
      remove(directory);
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private Path layer(String name, int files) throws IOException {
    Path layer = directory.resolve(name);
    for (int i = 0; i < files; i++) {
      Path folder = Files.createDirectories(layer.resolve("Files/folder" + i % 100));
      Files.write(folder.resolve("file" + i), new byte[4_000]);
    }
    Files.createDirectories(layer.resolve("Files"));
    return layer;
  }

  private void prepare(Path scratch, Path layer) {
    host.scratchLayers().create(scratch, List.of(layer));
    host.scratchLayers().activate(scratch);
    host.scratchLayers().prepare(scratch, List.of(layer));
  }

  private void destroy(Path scratch) {
    host.scratchLayers().unprepare(scratch);
    host.scratchLayers().deactivate(scratch);
    host.scratchLayers().destroy(scratch);
  }

  private ComputeSystem system(String id, Path scratch, long megabytes) {
    ComputeSystem system =
        host.compute()
            .create(
                id,
                SystemDocument.container()
                    .volumePath(host.scratchLayers().mountPath(scratch).orElseThrow())
                    .memoryMaximumInMb(megabytes)
                    .build(),
                TIMEOUT);
    system.start(TIMEOUT);
    return system;
  }

  private static double median(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private void pipe() throws Exception {
    Path scratch = directory.resolve("pipe");
    prepare(scratch, layer("pipe-layer", 1));
    ComputeSystem system = system("pipe", scratch, 0);
    List<Double> ours = new ArrayList<>();
    List<Double> plain = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      plain.add(plainPipe());
      ours.add(emulatedPipe(system));
    }
    system.terminate();
    destroy(scratch);
    System.out.printf(
        "pipe: %.0f MB/s through the host, %.0f MB/s by process | cat, %.0f %% (medians of %d)%n",
        median(ours), median(plain), 100 * median(ours) / median(plain), ROUNDS);
  }

  private static double plainPipe() throws Exception {
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder("/bin/sh", "-c", "head -c " + PIPE_BYTES + " /dev/zero | cat >/dev/null")
            .start();
    try (InputStream out = process.getInputStream()) {
      out.readAllBytes();
    }
    process.waitFor();
    return rate(begin);
  }

  private static double rate(long begin) {
    return PIPE_BYTES / 1e6 / ((System.nanoTime() - begin) / 1e9);
  }

  private static double emulatedPipe(ComputeSystem system) throws Exception {
    ComputeProcess process =
        system.createProcess(
            ProcessDocument.of("head -c " + PIPE_BYTES + " /dev/zero", "", "", Map.of(), true));
    long begin = System.nanoTime();
    long count = count(process.stdout().orElseThrow()).get(10, TimeUnit.MINUTES);
    if (count != PIPE_BYTES) {
      throw new IllegalStateException("read " + count + " bytes (expected: " + PIPE_BYTES + ")");
    }
    double rate = rate(begin);
    process.exited().get(1, TimeUnit.MINUTES);
    process.close();
    return rate;
  }

  private static CompletableFuture<Long> count(AsynchronousByteChannel channel) {
    CompletableFuture<Long> done = new CompletableFuture<>();
    ByteBuffer buffer = ByteBuffer.allocateDirect(256 * 1024);
    channel.read(
        buffer,
        0L,
        new CompletionHandler<Integer, Long>() {
          @Override
          public void completed(Integer n, Long before) {
            if (n < 0) {
              done.complete(before);
            } else {
              channel.read(buffer.clear(), before + n, this);
            }
          }

          @Override
          public void failed(Throwable e, @Nullable Long before) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  private void volume() throws IOException {
    for (int files : new int[] {20, FILES}) {
      Path layer = layer("volume-layer" + files, files);
      List<Double> made = new ArrayList<>();
      List<Double> removed = new ArrayList<>();
      List<Double> worked = new ArrayList<>();
      for (int i = 0; i < ROUNDS + WARM_UP; i++) {
        Path scratch = directory.resolve("volume" + files + "-" + i);
        long cpu = cpuNanos();
        long begin = System.nanoTime();
        prepare(scratch, layer);
        long ready = System.nanoTime();
        long work = cpuNanos() - cpu;
        destroy(scratch);
        if (i >= WARM_UP) { // the first ones warm the machine up
          made.add((ready - begin) / 1e6);
          worked.add(work / 1e6);
          removed.add((System.nanoTime() - ready) / 1e6);
        }
      }
      System.out.printf(
          "volume of %d files: made in %.1f ms (%.1f ms of processor time), removed in %.1f ms"
              + " (medians of %d)%n",
          files, median(made), median(worked), median(removed), ROUNDS);
    }
  }

  private void idle() throws Exception {
    Path layer = layer("idle-layer", 20);
    List<ComputeSystem> systems = new ArrayList<>();
    List<Path> scratches = new ArrayList<>();
    for (int i = 0; i < SYSTEMS; i++) {
      Path scratch = directory.resolve("idle" + i);
      prepare(scratch, layer);
      scratches.add(scratch);
      host.quota().setLimit(host.scratchLayers().mountPath(scratch).orElseThrow(), 1L << 30);
      ComputeSystem system = system("idle" + i, scratch, 256);
      systems.add(system);
      system.createProcess(ProcessDocument.of("sleep 3600", "", "", Map.of(), true));
    }
    TimeUnit.SECONDS.sleep(3);
    long cpu = cpuNanos();
    TimeUnit.SECONDS.sleep(IDLE_SECONDS);
    double share = (cpuNanos() - cpu) / 1e7 / IDLE_SECONDS;

    double[] rounds = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long begin = System.nanoTime();
      for (ComputeSystem system : systems) {
        system.properties(PropertyType.STATISTICS, PropertyType.PROCESS_LIST);
      }
      rounds[i] = (System.nanoTime() - begin) / 1e6;
    }
    Arrays.sort(rounds);
    System.out.printf(
        "idle: %d systems with limits use %.1f %% of one processor; statistics of all in %.0f ms;"
            + " %d threads%n",
        SYSTEMS, share, rounds[ROUNDS / 2], ManagementFactory.getThreadMXBean().getThreadCount());
    for (int i = 0; i < SYSTEMS; i++) {
      systems.get(i).terminate();
      destroy(scratches.get(i));
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }
}
