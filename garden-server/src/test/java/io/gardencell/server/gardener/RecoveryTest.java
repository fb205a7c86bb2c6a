package io.gardencell.server.gardener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.spi.ContainerState;
import io.gardencell.api.spi.ContainerState.Status;
import io.gardencell.api.spi.NetworkResult;
import io.gardencell.server.cell.CellSettings;
import io.gardencell.server.cell.CellSettings.Deadlines;
import io.gardencell.server.cell.CellSettings.Policy;
import io.gardencell.server.route.BackendContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryTest extends GardenerTest {

  private static final UnaryOperator<CellSettings> DESTROY_ALL =
      s -> s.with(new Policy("", "127.0.0.1", true, true, 0.1));

  private void corrupt(String handle, String content) throws IOException {
    Files.writeString(bundle(handle).resolve("container.json"), content);
  }

  // guardian.md §20 case 56
  @Test
  void everythingOfAContainerSurvivesTheEndOfTheDaemon() throws IOException {
    gardener.create(
        spec(
            """
            {"handle":"c","grace_time":5000000000,"properties":{"a":"b"},"env":["E=1"],
             "limits":{"cpu_limits":{"weight":50},"memory_limits":{"limit_in_bytes":1000}},
             "netout_rules":[{"protocol":1}]}
            """));
    get("c").netIn(0, 9000);
    get("c").setProperty("late", "yes");
    get("c").stop(false);
    var before = get("c").info();
    Duration age = get("c").metrics().age();

    restart();

    assertThat(gardener.handles(Map.of())).containsExactly("c");
    assertThat(get("c").info()).isEqualTo(before);
    assertThat(before.mappedPorts()).hasSize(2);
    assertThat(before.state()).isEqualTo("stopped");
    assertThat(get("c").graceTime()).isEqualTo(Duration.ofSeconds(5));
    assertThat(get("c").limits().cpu().limitInShares()).isEqualTo(50);
    assertThat(get("c").metrics().age()).isGreaterThanOrEqualTo(age);
    get("c").run(process("{\"path\":\"x\"}"));
    assertThat(plugins.started.get(0).env()).containsExactly("IMG=1", "PATH=c:\\win", "E=1");
  }

  @Test
  void processesThatRunAreFoundAgainAndThoseThatEndedAreForgotten() throws Exception {
    var running = create("c").run(process("{\"id\":\"lives\",\"path\":\"x\"}"));
    var ended = get("c").run(process("{\"id\":\"ends\",\"path\":\"x\"}"));
    gardener.close();
    there(plugins.processes.get(ended.pid())).exit.complete(0L);

    restart();

    assertThat(get("c").info().processIds()).containsExactly("lives");
    assertThatThrownBy(() -> get("c").attach("ends"))
        .isInstanceOf(GardenException.ProcessNotFound.class);
    var again = get("c").attach("lives");
    there(plugins.processes.get(running.pid())).exit.complete(42L);
    assertThat(again.exited().get()).isEqualTo(42L);
    assertThat(becomes(() -> !Files.exists(bundle("c").resolve("processes/lives")))).isTrue();
  }

  // guardian.md §20 case 57
  @Test
  void allAreDestroyedAtTheStartIfSoWished() throws IOException {
    create("a");
    create("b").run(process("{\"id\":\"pea\",\"path\":\"x\",\"image\":{\"uri\":\"u\"}}"));
    plugins.fail("network.down", 3);

    restart(DESTROY_ALL);

    create("served");
    assertThat(becomes(() -> all().equals(List.of("served")))).isTrue();
    assertThat(plugins.volumes).containsExactly("served");
  }

  // guardian.md §20 case 57
  @Test
  void aDestroyOfTheStartIsTriedThirtyTimesWhileRequestsAreServed() throws IOException {
    create("c");
    plugins.calls.clear();
    plugins.fail("runtime.delete", 1000);

    restart(DESTROY_ALL);
    assertThat(all()).as("a container that cannot be destroyed exists").containsExactly("c");

    assertThat(
            becomes(
                () -> plugins.callsOf("c").stream().filter("runtime.delete"::equals).count() == 30))
        .isTrue();
    plugins.fail("runtime.delete", 0);
    assertThat(becomes(() -> isDestroyed("c"))).isTrue();
    assertThat(plugins.callsOf("c")).filteredOn("runtime.delete"::equals).hasSize(31);
  }

  private boolean isDestroyed(String handle) {
    try {
      destroy(handle);
      return true;
    } catch (GardenException busy) {
      return false;
    }
  }

  // guardian.md §20 case 58
  @Test
  void aSidecarThatLivesIsTakenUpAndOneThatEndedIsRemoved() throws Exception {
    var lives =
        create("c").run(process("{\"id\":\"lives\",\"path\":\"x\",\"image\":{\"uri\":\"u\"}}"));
    var ends = get("c").run(process("{\"id\":\"ends\",\"path\":\"x\",\"image\":{\"uri\":\"u\"}}"));
    gardener.close();
    there(plugins.processes.get(ends.pid())).exit.complete(0L);

    restart();

    assertThat(becomes(() -> plugins.leftovers().stream().noneMatch(l -> l.endsWith("ends"))))
        .isTrue();
    assertThat(plugins.leftovers()).contains("volume lives", "system lives");
    there(plugins.processes.get(lives.pid())).exit.complete(3L);
    assertThat(becomes(() -> plugins.leftovers().stream().noneMatch(l -> l.endsWith("lives"))))
        .isTrue();
    assertThat(becomes(() -> isFree("lives"))).isTrue();
  }

  @Test
  void aSidecarThatCouldNotBeTakenUpIsNotHarmedByAnotherOfItsName() throws Exception {
    String pea = "{\"id\":\"pea\",\"path\":\"x\",\"image\":{\"uri\":\"u\"}}";
    create("c").run(process(pea));
    plugins.calls.clear();
    plugins.fail("runtime.attach", 1000);
    restart();
    assertThat(
            becomes(
                () ->
                    plugins.callsOf("pea").stream().filter("runtime.attach"::equals).count() == 30))
        .isTrue();

    assertThatThrownBy(() -> awaitTakenUp("c").run(process(pea))).hasMessageContaining("in use");

    assertThat(plugins.leftovers()).contains("volume pea", "system pea");
    assertThat(bundle("c").resolve("processes/pea/config.json")).exists();
    assertThat(bundle("c").resolve("container.json")).content().contains("\"id\":\"pea\"");
  }

  private BackendContainer awaitTakenUp(String handle) {
    assertThat(becomes(() -> isTakenUp(handle))).isTrue();
    return get(handle);
  }

  private boolean isTakenUp(String handle) {
    try {
      get(handle).metrics();
      return true;
    } catch (GardenException.ServiceUnavailable early) {
      return false;
    }
  }

  private boolean isFree(String handle) {
    try {
      create(handle);
      return true;
    } catch (GardenException taken) {
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "null", "[]", "{\"version\":99,\"handle\":\"c\"}", "\u0000\u0000"})
  void aRunningContainerIsRebuiltWhenItsStateFileIsCorrupt(String content) throws IOException {
    gardener.create(
        spec(
            """
            {"handle":"c","properties":{"own":"lost"},"env":["E=1"],
             "limits":{"cpu_limits":{"weight":50},"memory_limits":{"limit_in_bytes":1000}}}
            """));
    get("c").run(process("{\"id\":\"p\",\"path\":\"x\"}"));
    get("c").run(process("{\"id\":\"pea\",\"path\":\"x\",\"image\":{\"uri\":\"u\"}}"));
    gardener.close();
    corrupt("c", content);
    plugins.calls.clear();

    restart();

    assertThat(plugins.callsOf("c")).doesNotContain("runtime.delete");
    assertThat(plugins.callsOf("pea")).doesNotContain("runtime.delete", "image.delete");
    assertThat(gardener.handles(Map.of())).containsExactly("c");
    assertThat(get("c").info().processIds()).containsExactly("p", "pea");
    assertThat(get("c").info().containerIp()).isEqualTo("172.30.0.2");
    assertThat(get("c").info().mappedPorts()).hasSize(1);
    assertThat(get("c").limits().cpu().limitInShares()).isEqualTo(50);
    assertThat(get("c").limits().memory().limitInBytes()).isEqualTo(1000);
    assertThat(bundle("c").resolve("container.json.corrupt")).exists();

    restart();
    assertThat(gardener.handles(Map.of())).as("the rebuilt state is stored").containsExactly("c");
    destroy("c");
    assertThat(plugins.leftovers()).isEmpty();
    assertThat(depot()).isEmpty();
  }

  @Test
  void aCorruptStateFileOfAContainerThatDoesNotRunLeavesItStuck() throws IOException {
    create("c");
    create("whole");
    gardener.close();
    corrupt("c", "garbage");
    plugins.systems.remove("c");

    restart();
    restart();

    assertThat(gardener.handles(Map.of())).containsExactly("whole");
    assertThat(all()).containsExactly("c", "whole");
    assertThat(plugins.volumes).contains("c");
    destroy("c");
    assertThat(plugins.leftovers()).doesNotContain("volume c", "network c");
  }

  @Test
  void aDirectoryWithoutAStateFileAndWithoutASystemIsRemoved() throws IOException {
    Files.createDirectories(bundle("half"));
    plugins.volumes.add("half");

    restart();

    assertThat(becomes(() -> all().isEmpty())).isTrue();
    assertThat(depot()).isEmpty();
    assertThat(plugins.volumes).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"CREATING", "DESTROYING", "STUCK"})
  void whatWasHalfDoneIsDestroyed(String phase) throws IOException {
    create("c");
    gardener.close();
    Path state = bundle("c").resolve("container.json");
    Files.writeString(state, Files.readString(state).replace("CREATED", phase));

    restart();

    assertThat(becomes(() -> all().isEmpty())).isTrue();
    assertThat(plugins.leftovers()).isEmpty();
    assertThat(depot()).isEmpty();
  }

  @Test
  void whatIsOursAndBelongsToNothingIsRemovedAndNothingElse() throws IOException {
    create("c");
    Path stray = directory.resolve("depot/gone");
    plugins.systems.put("gone", new ContainerState("gone", Status.RUNNING, 1, stray, stray));
    plugins.volumes.add("gone");
    plugins.volumes.add("volume-only");
    Files.createDirectories(directory.resolve("depot/con."));

    restart();

    assertThat(plugins.leftovers()).containsExactlyInAnyOrder("volume c", "network c", "system c");
    assertThat(plugins.reconciled.get(plugins.reconciled.size() - 1)).containsExactly("c");
    assertThat(directory.resolve("depot/con.")).as("not a container").exists();
    create("gone");
  }

  @Test
  void aRuntimeThatCannotTellWhatRunsStopsTheStartAndLosesNothing() throws IOException {
    create("c");
    gardener.close();
    plugins.fail("runtime.containers", 1);

    assertThatThrownBy(() -> start(s -> s)).hasMessage("runtime.containers failed");

    assertThat(plugins.leftovers()).hasSize(3);
    start(s -> s);
    assertThat(gardener.handles(Map.of())).containsExactly("c");
  }

  @Test
  void aProcessThatCannotBeToldIsTriedAgainAndItsContainerServedThen() throws IOException {
    create("c").run(process("{\"id\":\"p\",\"path\":\"x\"}"));
    plugins.fail("runtime.attach", 3);

    restart();

    assertThat(get("c").info().state()).isEqualTo("active");
    assertThat(becomes(() -> List.of("p").equals(get("c").info().processIds()))).isTrue();
    assertThat(becomes(() -> runs("c"))).isTrue();
  }

  private boolean runs(String handle) {
    try {
      get(handle).run(process("{\"path\":\"x\"}"));
      return true;
    } catch (GardenException.ServiceUnavailable beingTakenUp) {
      return false;
    }
  }

  @Test
  void aContainerThatHangsWhileItIsTakenUpHoldsUpNobodyElse() throws IOException {
    create("c").run(process("{\"id\":\"p\",\"path\":\"x\"}"));
    create("other");
    gardener.close();
    var host = plugins.hang("runtime.attach");
    Duration brief = Duration.ofMillis(100);

    start(s -> s.with(new Deadlines(LONG, LONG, LONG, brief, LONG, LONG, brief)));

    get("other").run(process("{\"path\":\"x\"}"));
    assertThatThrownBy(() -> get("c").run(process("{\"path\":\"x\"}")))
        .isInstanceOf(GardenException.ServiceUnavailable.class)
        .hasMessage("container c is being taken up after a restart");
    assertThatThrownBy(() -> destroy("c"))
        .hasMessage("container c is being taken up after a restart, try again");
    host.countDown();
    assertThat(becomes(() -> runs("c"))).isTrue();
  }

  @Test
  void aRebuiltContainerHasTheAddressAndTheRulesTheNetworkRemembers() throws IOException {
    plugins.network =
        new NetworkResult(Map.of(NetworkResult.CONTAINER_IP, "172.30.9.9"), List.of(), List.of());
    create("c").netOut(List.of(new NetOutRule(1, List.of(), List.of(), null, false)));
    String before = Files.readString(bundle("c").resolve("container.json"));
    gardener.close();
    Files.delete(bundle("c").resolve("container.json"));

    restart();

    assertThat(get("c").info().containerIp()).isEqualTo("172.30.9.9");
    assertThat(rulesIn(Files.readString(bundle("c").resolve("container.json"))))
        .isEqualTo(rulesIn(before))
        .contains("\"protocol\":1");
    assertThat(bundle("c").resolve("container.json")).exists();
  }

  private static String rulesIn(String state) {
    return state.substring(state.indexOf("\"netout_rules\""));
  }
}
