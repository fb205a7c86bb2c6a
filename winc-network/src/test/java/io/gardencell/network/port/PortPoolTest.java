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
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  // winc-network.md §22 cases 83 and 85
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

  // winc-network.md §22 case 84
  @Test
  void aPortOfTheReferencesFileIsNeverGivenOutAgain() throws Exception {
    text("{\"acquired_ports\":{\"other\":[40000,40002]}}\n");

    assertThat(pool(5000).acquire("h", List.of(0, 0))).containsExactly(40001, 40003);
  }

  // winc-network.md §22 case 83
  @Test
  void emptyFilesAreEmptyPoolsButForWhatHnsMaps() throws Exception {
    text("");
    mapped.put("survivor", Set.of(40000));

    assertThat(pool(5000).acquire("h", List.of(0))).containsExactly(40001);
    assertThat(text()).contains("\"survivor\":[40000]");
  }

  // winc-network.md §22 case 87; §21 weakness 10
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

  // winc-network.md §22 case 89; §21 weakness 11
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

  // winc-network.md §22 case 90; §21 weakness 12
  @Test
  void portsTheHostListensOnAreLeftOut() {
    listening.add(40000);

    assertThat(pool(5000).acquire("a", List.of(0))).containsExactly(40001);
  }

  // winc-network.md §22 case 91; §21 weakness 12
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

  // winc-network.md §22 case 92
  @Test
  void aFolderThatCannotBeMadeIsNamed() throws Exception {
    Path file = Files.createFile(dir.resolve("file"));
    PortPool pool =
        PortPool.exclusive(file.resolve("x/y"), 40000, 10, Clock.systemUTC(), p -> false, Map::of);

    assertThatThrownBy(() -> pool.acquire("a", List.of(0))).hasMessageStartingWith("open lock: ");
  }

  // winc-network.md §22 case 88; §21 weakness 10
  @Test
  void aCrashBeforeTheMoveLeavesTheOldFile() throws Exception {
    pool(5000).acquire("a", List.of(0));
    Files.writeString(dir.resolve("port-state.json-123.new"), "{\"acquired_po");

    assertThat(pool(5000).acquire("b", List.of(0))).containsExactly(40001);
  }

  // winc-network.md §22 case 91
  @Test
  void fiveThousandPortsAreGivenAndNoMore() {
    PortPool pool = pool(5000);

    List<Integer> all = pool.acquire("a", Collections.nCopies(5000, 0));

    assertThat(new TreeSet<>(all)).hasSize(5000).startsWith(40000).endsWith(44999);
    assertThatThrownBy(() -> pool.acquire("b", List.of(0)))
        .hasMessage("acquire port: port pool exhausted");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "{}",
        "{\"acquired_ports\":null}",
        "{\"acquired_ports\":{\"h\":null}}",
        "{\"acquired_ports\":{\"h\":[null]}}",
        "{\"acquired_ports\":{\"h\":[\"x\"]}}",
        "{\"acquired_ports\":{\"h\":[40"
      })
  void whateverIsNoPoolIsRebuilt(String text) throws Exception {
    text(text);
    mapped.put("survivor", Set.of(40000));

    assertThat(pool(5000).acquired()).isEqualTo(Map.of("survivor", Set.of(40000)));
    assertThat(text()).as("looking changes nothing").isEqualTo(text);
    pool(5000).release("nobody");

    assertThat(text()).isEqualTo("{\"acquired_ports\":{\"survivor\":[40000]}}\n");
  }

  @Test
  void settlingTakesPortsFromWhoeverWasNotedForThem() throws Exception {
    PortPool pool = pool(5000);
    pool.acquire("a", List.of(0, 0));
    pool.acquire("b", List.of(0));

    pool.settle("b", List.of(40001));

    assertThat(text()).isEqualTo("{\"acquired_ports\":{\"a\":[40000],\"b\":[40001]}}\n");
    assertThat(pool.acquire("c", List.of(0))).as("40002 rests").containsExactly(40003);
  }
}
