package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.ContainerInfoEntry;
import io.gardencell.client.GardenClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Containers under load while the daemon is killed at random moments and started again. After each
 * restart every container is fully there, with everything that was answered for, or fully gone;
 * what was answered is never lost.
 *
 * <p>{@code -Dgardencell.kills=30 -Dgardencell.kill.containers=50} is the whole test and takes some
 * minutes; a build has time for two kills and eight containers. {@code -Dgardencell.seed=N} repeats
 * the moments of a run; the seed is printed.
 *
 * <p>winc-network.md §22 case 141 on the emulated host: endpoints and ports are among what is
 * looked for.
 */
class KillAndRestartIT {

  private static final int CONTAINERS = Integer.getInteger("gardencell.kill.containers", 8);
  private static final int KILLS = Integer.getInteger("gardencell.kills", 2);
  private static final int CLIENTS = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * One in so many of the containers that are known is tried out after a restart, besides those of
   * which it is not known whether they are there.
   */
  private static final int PROBED = 10;

  private static final long SEED =
      Long.getLong("gardencell.seed", ThreadLocalRandom.current().nextLong(1_000_000));

  /** What the containers' processes can be told by, from those of other runs on the machine. */
  private static final String MARKER =
      Long.toString(ThreadLocalRandom.current().nextLong(1L << 30, 1L << 31));

  @Test
  void whatWasAnsweredOutlivesTheDaemonAndNothingIsHalfThere()
      throws IOException, InterruptedException, ExecutionException {
    Random random = new Random(SEED);
    List<TrackedContainer> containers = new ArrayList<>();
    for (int i = 0; i < CONTAINERS; i++) {
      containers.add(new TrackedContainer("c" + i, MARKER));
    }
    try (GardenDaemon daemon = GardenDaemon.ownJvm()) {
      for (TrackedContainer container : containers) {
        container.create(daemon.client());
      }
      for (int kill = 1; kill <= KILLS; kill++) {
        int operations = loadAndKill(daemon, containers, random);
        daemon.start();
        // What was half destroyed is listed until the daemon has finished it in the background.
        Leaks.becomes(PATIENCE, () -> hasSettled(daemon));
        List<String> wrong = verify(daemon, containers, random);
        wrong.addAll(strayProcesses(containers));
        System.out.printf(
            "kill %d of %d after %d operations (seed %d): %d containers there%n",
            kill, KILLS, operations, SEED, daemon.client().handles().size());
        assertThat(wrong).as("seed %d, kill %d, log %s", SEED, kill, daemon.log()).isEmpty();
      }
    }
  }

  /**
   * No process runs that its container does not tell of: started, but not noted before the kill.
   */
  private static List<String> strayProcesses(List<TrackedContainer> containers) {
    long told = containers.stream().filter(TrackedContainer::hasMain).count();
    Leaks.becomes(PATIENCE, () -> sleepers() == told);
    long running = sleepers();
    return running == told
        ? List.of()
        : List.of("%d processes run (expected: %d)".formatted(running, told));
  }

  private static long sleepers() {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::info)
        .filter(info -> info.command().orElse("").endsWith("/sleep"))
        .filter(info -> info.arguments().map(List::of).orElse(List.of()).contains(MARKER))
        .count();
  }

  private static boolean hasSettled(GardenDaemon daemon) {
    try {
      return CellFiles.strays(daemon.dataDir(), daemon.client().handles()).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> verify(
      GardenDaemon daemon, List<TrackedContainer> containers, Random random) throws IOException {
    GardenClient client = daemon.client();
    List<String> listed = client.handles();
    Map<String, ContainerInfoEntry> infos = client.bulkInfo(listed);
    List<String> wrong = new ArrayList<>(CellFiles.strays(daemon.dataDir(), listed));
    for (TrackedContainer container : containers) {
      ContainerInfoEntry info = infos.get(container.handle());
      wrong.addAll(
          container.verify(
              client,
              listed.contains(container.handle()),
              info == null || info.err() != null ? null : info.info(),
              random.nextInt(PROBED) == 0));
    }
    return wrong;
  }

  private static int loadAndKill(
      GardenDaemon daemon, List<TrackedContainer> containers, Random random)
      throws IOException, InterruptedException, ExecutionException {
    AtomicBoolean ending = new AtomicBoolean();
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    List<Future<Integer>> loads = new ArrayList<>();
    GardenClient client = daemon.client();
    for (int i = 0; i < CLIENTS; i++) {
      Random mine = new Random(random.nextLong());
      loads.add(clients.submit(() -> load(client, containers, mine, ending)));
    }
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200 + random.nextInt(3000)));
    ending.set(true);
    daemon.kill();
    int operations = 0;
    for (Future<Integer> load : loads) {
      operations += load.get();
    }
    clients.shutdown();
    return operations;
  }

  /** Operations until one finds the daemon gone. */
  private static int load(
      GardenClient client, List<TrackedContainer> containers, Random random, AtomicBoolean ending) {
    int operations = 0;
    while (true) {
      TrackedContainer container = containers.get(random.nextInt(containers.size()));
      try {
        container.operate(client, random);
        operations++;
      } catch (IOException gone) {
        if (ending.get()) {
          return operations;
        }
        throw new AssertionError("daemon gone before it was killed", gone);
      }
    }
  }
}
