package io.gardencell.network.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 5,000 ports, taken by eight processes of two threads each until there are none, while processes
 * are killed at random and others start in their place (winc-network.md §22 cases 86 and 88).
 */
class PortPoolKillTest {

  private static final int PROCESSES = 8;
  private static final int KILLS = 4;
  private static final int PORTS = 5000;

  private final Path dir;
  private final List<Path> outputs = new ArrayList<>();

  PortPoolKillTest(@TempDir Path dir) {
    this.dir = dir;
  }

  @Test
  void noPortIsGivenTwiceAndNoneIsLostAfterReconcile() throws Exception {
    Random random = new Random(8);
    List<Process> running = new ArrayList<>();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        running.add(worker());
      }
      for (int kill = 0; kill < KILLS; kill++) {
        int victim = random.nextInt(running.size());
        awaitLines(outputs.get(victim), 1 + random.nextInt(15), running.get(victim));
        running.get(victim).destroyForcibly();
        running.add(worker());
      }
      for (Process process : running) {
        assertThat(process.waitFor(300, TimeUnit.SECONDS)).isTrue();
      }
    } finally {
      running.forEach(Process::destroyForcibly);
    }
    Map<Integer, String> owner = owners();
    PortPool pool = pool();
    Map<String, Set<Integer>> noted = pool.acquired();

    assertThat(noted.values().stream().mapToInt(Set::size).sum()).as("taken").isEqualTo(PORTS);
    owner.forEach((port, handle) -> assertThat(noted.get(handle)).contains(port));
    // a killed process answered nobody: its handles are dead, and reconcile releases them
    noted.keySet().stream().filter(h -> !owner.containsValue(h)).forEach(pool::release);
    int free = PORTS - owner.size();
    assertThatThrownBy(() -> pool.acquire("one too many", nothing(free + 1)))
        .hasMessage("acquire port: port pool exhausted");
    assertThat(new TreeSet<>(pool.acquire("rest", nothing(free))))
        .hasSize(free)
        .doesNotContainAnyElementsOf(owner.keySet());
    assertThat(owner.size())
        .as("answered")
        .isGreaterThan(PORTS - KILLS * 2 * PortPoolWorker.AT_ONCE - 1);
  }

  private static List<Integer> nothing(int count) {
    return java.util.Collections.nCopies(count, 0);
  }

  private PortPool pool() {
    return PortPool.exclusive(
        dir.resolve("port-state.json"), 40000, PORTS, Clock.systemUTC(), port -> false, Map::of);
  }

  /** Who was told that it has a port; a line that a kill cut short told nobody. */
  private Map<Integer, String> owners() throws IOException {
    Map<Integer, String> owner = new HashMap<>();
    for (Path output : outputs) {
      String text = Files.readString(output);
      for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
        String handle = line.substring(0, line.indexOf(' '));
        for (String port : line.substring(line.indexOf('[') + 1, line.length() - 1).split(", ")) {
          assertThat(owner.put(Integer.parseInt(port), handle)).as("port %s", port).isNull();
        }
      }
    }
    return owner;
  }

  private Process worker() throws IOException {
    Path output = dir.resolve("out-" + outputs.size());
    String name = "w" + outputs.size();
    outputs.add(output);
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            PortPoolWorker.class.getName(),
            dir.toString(),
            name)
        .redirectOutput(output.toFile())
        .redirectErrorStream(true)
        .start();
  }

  private static void awaitLines(Path file, int lines, Process writer) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (writer.isAlive()
        && Files.readString(file).lines().count() < lines
        && System.nanoTime() < end) {
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
  }
}
