package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.fault.Fault;
import io.gardencell.hcs.fault.Fault.Kind;
import io.gardencell.server.cell.CellSettings.Deadlines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Walks a container's life (create, run, a process with its own image, figures, ports, destroy) and
 * lets every host call in turn go wrong in every way. After each fault either the operation
 * succeeded, or nothing is left, or the container is listed and a later destroy succeeds; and in
 * the end nothing is left anywhere: no container, system, endpoint, port, volume, mount, directory,
 * handle, thread or open file.
 *
 * <p>{@code -Dgardencell.faults.step=1} lets every kind of fault hit every call, which takes some
 * minutes; by default each kind hits every twentieth, which is what a build has time for.
 */
class FaultWalkIT {

  private static final int STEP = Integer.getInteger("gardencell.faults.step", 20);
  private static final int DEAD_HOST_STEP = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Every call that hangs costs one deadline; all others get the time they need. */
  private static final Deadlines OF_HANGS =
      Deadlines.all(Duration.ofMillis(Long.getLong("gardencell.faults.deadline", 1500)));

  private static final Deadlines OF_OTHERS =
      new Deadlines(
          Duration.ofMinutes(2),
          Duration.ofMinutes(2),
          Duration.ofMinutes(2),
          Duration.ofMinutes(2),
          Duration.ofMinutes(2),
          Duration.ofSeconds(2),
          Duration.ofSeconds(3));

  private record Walk(String name, Fault fault) {

    boolean hangs() {
      return fault.kind() == Kind.HANG;
    }
  }

  @Test
  void noFaultAnywhereLeavesAnythingBehind(@TempDir Path directory)
      throws InterruptedException, ExecutionException {
    int calls = callsOfALife(directory.resolve("counting"));
    List<String> filesBefore = Leaks.files();
    List<String> threadsBefore = Leaks.threads();
    List<Walk> walks = walks(calls);
    AtomicLong injected = new AtomicLong();
    ExecutorService walkers = Executors.newCachedThreadPool();
    List<Future<List<String>>> results = new ArrayList<>();
    for (boolean hangs : new boolean[] {true, false}) {
      Queue<Walk> some = new ConcurrentLinkedQueue<>(walks);
      some.removeIf(walk -> walk.hangs() != hangs);
      for (int i = 0; i < 2; i++) {
        Path data = directory.resolve((hangs ? "hanging" : "failing") + i);
        results.add(walkers.submit(() -> walk(data, hangs ? OF_HANGS : OF_OTHERS, some, injected)));
      }
    }
    List<String> wrong = new ArrayList<>();
    for (Future<List<String>> result : results) {
      wrong.addAll(result.get());
    }
    walkers.shutdown();

    System.out.printf(
        "fault walk: %d host calls in a life, %d lives, %d faults injected%n",
        calls, walks.size(), injected.get());
    assertThat(wrong).isEmpty();
    assertThat(injected.get()).isGreaterThanOrEqualTo(walks.size() * 9L / 10);
    Leaks.becomes(PATIENCE, () -> Leaks.threads().size() <= threadsBefore.size());
    assertThat(Leaks.threads()).hasSizeLessThanOrEqualTo(threadsBefore.size());
    assertThat(Leaks.files()).hasSizeLessThanOrEqualTo(filesBefore.size());
  }

  private static int callsOfALife(Path data) {
    try (EmulatedCell cell = new EmulatedCell(data, s -> s)) {
      new ContainerLife(cell, "first").live();
      cell.host().heal();
      new ContainerLife(cell, "counted").live();
      return cell.host().calls().size();
    }
  }

  private static List<Walk> walks(int calls) {
    List<Walk> walks = new ArrayList<>();
    int first = 0;
    for (Kind kind : Kind.values()) {
      for (int n = 1 + first++ % STEP; n <= calls; n += STEP) {
        walks.add(new Walk(kind + " at call " + n, Fault.nth(kind, n)));
      }
    }
    for (int n = 1; n <= calls; n += STEP * DEAD_HOST_STEP) {
      walks.add(new Walk("dead host from call " + n, Fault.nth(Kind.FAIL, n).andAllLater()));
    }
    return walks;
  }

  private static List<String> walk(
      Path data, Deadlines deadlines, Queue<Walk> walks, AtomicLong injected) {
    List<String> wrong = new ArrayList<>();
    try (EmulatedCell warm = new EmulatedCell(data, s -> s)) {
      new ContainerLife(warm, "warm").live();
    }
    try (EmulatedCell cell = new EmulatedCell(data, s -> s.with(deadlines))) {
      int number = 0;
      for (Walk walk = walks.poll(); walk != null; walk = walks.poll()) {
        ContainerLife life = new ContainerLife(cell, "h" + number++);
        cell.host().inject(walk.fault());
        for (String text : live(cell, life, walk)) {
          wrong.add(walk.name() + text);
        }
      }
      injected.addAndGet(cell.host().injected());
    }
    return wrong;
  }

  /** Lives a life with a fault in force, heals the host and looks at what is left. */
  private static List<String> live(EmulatedCell cell, ContainerLife life, Walk walk) {
    List<String> wrong = new ArrayList<>();
    String story = "";
    try {
      life.create();
      story = "used with " + life.use();
      life.destroy();
      story += ", destroyed";
      if (life.isListed()) {
        wrong.add("listed though destroyed");
      }
    } catch (GardenException e) {
      story += ", failed with " + e.getMessage();
    }
    if (walk.hangs() && cell.host().hanging() > 0) {
      wrong.addAll(livesBeside(cell));
    }
    String call =
        cell.host().calls().stream().skip(walk.fault().first() - 1).findFirst().orElse("");
    cell.host().heal();
    AtomicReference<String> refusal = new AtomicReference<>("");
    if (!Leaks.becomes(PATIENCE, () -> isGone(life, refusal))) {
      wrong.add("cannot be destroyed: " + refusal);
    }
    if (!Leaks.becomes(PATIENCE, () -> cell.leftovers().isEmpty())) {
      wrong.add("left: " + cell.leftovers());
    }
    if (!Leaks.becomes(PATIENCE, () -> cell.host().openHandles() == 0)) {
      wrong.add("handles: " + cell.host().openHandles());
    }
    String told = " (" + call + "): " + story + "; ";
    return wrong.stream().map(text -> told + text).toList();
  }

  /** A call that hangs blocks no other container; a busy machine may need a second try. */
  private static List<String> livesBeside(EmulatedCell cell) {
    AtomicReference<String> refusal = new AtomicReference<>("");
    AtomicLong tries = new AtomicLong();
    boolean lived =
        Leaks.becomes(
            PATIENCE,
            () -> {
              try {
                ContainerLife other = new ContainerLife(cell, "beside" + tries.incrementAndGet());
                other.create();
                other.destroy();
                return true;
              } catch (GardenException e) {
                refusal.set(e.getMessage());
                return false;
              }
            });
    return lived ? List.of() : List.of("another container fails too: " + refusal);
  }

  private static boolean isGone(ContainerLife life, AtomicReference<String> refusal) {
    if (!life.isListed()) {
      return true;
    }
    try {
      life.destroy();
    } catch (GardenException e) {
      refusal.set(e.getMessage());
    }
    return !life.isListed();
  }
}
