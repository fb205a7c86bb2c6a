package io.gardencell.acceptance.bench;

import io.gardencell.acceptance.GardenDaemon;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Runs the benchmarks named as arguments, or all: {@code stdout}, {@code stream-in}, {@code ping}.
 * The daemon is a process of its own, as on a cell.
 */
public final class Benchmarks {

  private static final int ROUNDS = Integer.getInteger("gardencell.bench.rounds", 5);

  private Benchmarks() {}

  /** One thing to measure and what to hold it against. */
  interface Benchmark {

    String name();

    /** How much a second ours did. */
    double ours() throws IOException;

    /** How much a second the yardstick did; nothing if it is not to be had here. */
    Optional<Double> yardstick() throws IOException;

    /** The figures in words. */
    String describe(double ours, Optional<Double> yardstick);
  }

  /** Prints a line for each benchmark. */
  public static void main(String[] arguments) throws IOException {
    Set<String> wanted = Set.of(arguments);
    try (GardenDaemon daemon = GardenDaemon.ownJvm()) {
      List<Benchmark> all =
          List.of(
              new StdoutBenchmark(daemon),
              new StreamInBenchmark(daemon),
              new PingBenchmark(daemon));
      for (Benchmark benchmark : all) {
        if (wanted.isEmpty() || wanted.contains(benchmark.name())) {
          System.out.println(run(benchmark));
        }
      }
    }
  }

  /** The medians of several rounds, in turns: what else the machine does hits both. */
  private static String run(Benchmark benchmark) throws IOException {
    // The first round is for the compiler of the daemon's JVM: a cell runs for weeks.
    benchmark.ours();
    List<Double> ours = new ArrayList<>();
    List<Double> yardstick = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      ours.add(benchmark.ours());
      benchmark.yardstick().ifPresent(yardstick::add);
    }
    Optional<Double> theirs =
        yardstick.isEmpty() ? Optional.empty() : Optional.of(median(yardstick));
    return "%-9s %s".formatted(benchmark.name(), benchmark.describe(median(ours), theirs));
  }

  static double median(List<Double> figures) {
    return figures.stream().sorted().skip(figures.size() / 2).findFirst().orElseThrow();
  }

  /** Both figures and ours as a share of the other. */
  static String compare(String unit, double ours, Optional<Double> other, String what, int goal) {
    return other
        .map(
            theirs ->
                String.format(
                    Locale.ROOT,
                    "%,.0f %s; %s: %,.0f %s; %.0f %% (goal: %d %%)",
                    ours,
                    unit,
                    what,
                    theirs,
                    unit,
                    100 * ours / theirs,
                    goal))
        .orElseGet(
            () -> String.format(Locale.ROOT, "%,.0f %s; %s: not to be had here", ours, unit, what));
  }
}
