package io.gardencell.network.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortPoolTest {

  private final Path dir;
  private Instant now = Instant.parse("2026-01-02T03:04:05Z");
  private final Set<Integer> listening = new HashSet<>();
  private final Map<String, Set<Integer>> mapped = new HashMap<>();

  PortPoolTest(@TempDir Path dir) {
    this.dir = dir;
  }

  private PortPool pool(int count) {
    Clock clock =
        new Clock() {
          @Override
          public Instant instant() {
            return now;
          }

          @Override
          public java.time.ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(java.time.ZoneId zone) {
            return this;
          }
        };
    return PortPool.exclusive(
        dir.resolve("port-state.json"), 40000, count, clock, listening::contains, () -> mapped);
  }

  private String text() throws IOException {
    return Files.readString(dir.resolve("port-state.json"));
  }

  private void text(String text) throws IOException {
    Files.writeString(dir.resolve("port-state.json"), text);
  }

  @Test
  void theFileHasTheReferencesFormat() throws Exception {
    PortPool pool = pool(5000);

    pool.acquire("b", List.of(0, 0));
    pool.acquire("a", List.of(0, 50000));
    assertThat(text())
        .isEqualTo("{\"acquired_ports\":{\"a\":[40002,50000],\"b\":[40000,40001]}}\n");
    pool.release("b");

    assertThat(text()).isEqualTo("{\"acquired_ports\":{\"a\":[40002,50000]}}\n");
    pool.release("a");
    assertThat(text()).isEqualTo("{\"acquired_ports\":{}}\n");
  }

  @Test
  void aPortOfTheReferencesFileIsNeverGivenOutAgain() throws Exception {
    text("{\"acquired_ports\":{\"other\":[40000,40002]}}\n");

    assertThat(pool(5000).acquire("h", List.of(0, 0))).containsExactly(40001, 40003);
  }

  @Test
  void emptyFilesAreEmptyPoolsButForWhatHnsMaps() throws Exception {
    text("");
    mapped.put("survivor", Set.of(40000));

    assertThat(pool(5000).acquire("h", List.of(0))).containsExactly(40001);
    assertThat(text()).contains("\"survivor\":[40000]");
  }

  @Test
  void aCorruptFileIsPutAsideAndThePoolRebuilt() throws Exception {
    text("{\"acquired_ports\":{{");
    mapped.put("survivor", Set.of(40000));

    assertThat(pool(5000).acquire("h", List.of(0))).containsExactly(40001);

    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .contains("port-state.json.corrupt-" + now.toEpochMilli());
    }
  }

  @Test
  void aReleasedPortRestsForAMinuteUnlessNothingElseIsFree() {
    PortPool pool = pool(3);
    pool.acquire("a", List.of(0));
    pool.release("a");
    now = now.plus(Duration.ofSeconds(10));

    assertThat(pool.acquire("b", List.of(0, 0))).containsExactly(40001, 40002);
    assertThat(pool.acquire("c", List.of(0))).containsExactly(40000);
    assertThatThrownBy(() -> pool.acquire("d", List.of(0)))
        .hasMessage("acquire port: port pool exhausted");
  }

  @Test
  void portsTheHostListensOnAreLeftOut() {
    listening.add(40000);

    assertThat(pool(5000).acquire("a", List.of(0))).containsExactly(40001);
  }

  @Test
  void aFixedPortHasOneHolderAndAFailedRequestTakesNothing() throws Exception {
    PortPool pool = pool(5000);
    pool.acquire("a", List.of(40001, 60000));

    for (int port : List.of(40001, 60000)) {
      assertThatThrownBy(() -> pool.acquire("b", List.of(0, port)))
          .hasMessage("port already acquired: " + port);
    }

    assertThat(text()).doesNotContain("\"b\"");
    assertThat(pool.acquire("c", List.of(0, 0))).containsExactly(40000, 40002);
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws Exception {
    Path file = Files.createFile(dir.resolve("file"));
    PortPool pool =
        PortPool.exclusive(file.resolve("x/y"), 40000, 10, Clock.systemUTC(), p -> false, Map::of);

    assertThatThrownBy(() -> pool.acquire("a", List.of(0))).hasMessageStartingWith("open lock: ");
  }

  @Test
  void aCrashBeforeTheMoveLeavesTheOldFile() throws Exception {
    pool(5000).acquire("a", List.of(0));
    Files.writeString(dir.resolve("port-state.json-123.new"), "{\"acquired_po");

    assertThat(pool(5000).acquire("b", List.of(0))).containsExactly(40001);
  }

  @Test
  void manyProcessesThatAreKilledAtRandomNeverShareAPort() throws Exception {
    Random random = new Random(8);
    Map<Integer, String> owner = new HashMap<>();
    List<Process> running = new ArrayList<>();
    List<Path> outputs = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        Path out = dir.resolve("out-" + i);
        outputs.add(out);
        running.add(worker("w" + i, 62, out));
      }
      for (int kill = 0; kill < 3; kill++) {
        Process victim = running.get(kill);
        awaitOutput(outputs.get(kill), 1 + random.nextInt(20));
        victim.destroyForcibly();
      }
      for (Process process : running) {
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      }
    } finally {
      running.forEach(Process::destroyForcibly);
    }
    Set<String> reported = new TreeSet<>();
    for (Path out : outputs) {
      String text = Files.readString(out);
      for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
        String handle = line.substring(0, line.indexOf(' '));
        reported.add(handle);
        for (String port : line.substring(line.indexOf('[') + 1, line.length() - 1).split(", ")) {
          assertThat(owner.put(Integer.parseInt(port), handle)).as("port %s", port).isNull();
        }
      }
    }
    PortPool pool = pool(5000);
    Map<String, Set<Integer>> held = pool.acquired();
    owner.forEach((port, handle) -> assertThat(held.get(handle)).contains(port));
    held.keySet().stream().filter(h -> !reported.contains(h)).toList().forEach(pool::release);

    int free = 5000 - owner.size();
    List<Integer> rest =
        pool.acquire("rest", new ArrayList<>(java.util.Collections.nCopies(free, 0)));
    assertThat(new TreeSet<>(rest)).hasSize(free).doesNotContainAnyElementsOf(owner.keySet());
    assertThatThrownBy(() -> pool.acquire("more", List.of(0))).hasMessageContaining("exhausted");
    assertThat(owner.size()).isGreaterThan(3000);
  }

  private Process worker(String name, int rounds, Path out) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            PortPoolWorker.class.getName(),
            dir.toString(),
            name,
            Integer.toString(rounds))
        .redirectOutput(out.toFile())
        .redirectErrorStream(true)
        .start();
  }

  private static void awaitOutput(Path file, int lines) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (Files.readString(file).lines().count() < lines && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
