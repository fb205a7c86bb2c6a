package io.gardencell.server.gardener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.NetOutRule;
import io.gardencell.api.WireJson;
import io.gardencell.api.spi.PortForward;
import io.gardencell.server.cell.CellSettings.Bounds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Ports and rules: what a client was not given is not in force either. */
class ContainerNetworkTest extends GardenerTest {

  private static final Duration SHORT = Duration.ofMillis(100);

  private static NetOutRule rule(int protocol) {
    return WireJson.decode(
        ("{\"protocol\":" + protocol + "}").getBytes(StandardCharsets.UTF_8), NetOutRule.class);
  }

  private long ports() {
    return there(get("c").info().mappedPorts()).size();
  }

  private String state() throws IOException {
    return java.nio.file.Files.readString(bundle("c").resolve("container.json"));
  }

  @Test
  void aPortThatIsMappedTooLateIsTakenBack() throws IOException {
    restart(deadlines(LONG, SHORT, LONG, LONG));
    create("c");
    CountDownLatch host = plugins.hang("network.net-in");

    assertThatThrownBy(() -> get("c").netIn(0, 9000)).hasMessageContaining("no answer");
    host.countDown();

    assertThat(becomes(() -> plugins.callsOf("c").contains("network.undo-net-in"))).isTrue();
    assertThat(becomes(plugins.forwards::isEmpty)).isTrue();
    assertThat(ports()).as("the one of create").isEqualTo(1);
    restart();
    assertThat(get("c").netIn(0, 9000).hostPort()).isEqualTo(40001);
    assertThat(ports()).isEqualTo(2);
  }

  @Test
  void rulesThatComeTooLateAreTakenBackButNoneThatWereThereBefore() throws IOException {
    restart(deadlines(LONG, SHORT, LONG, LONG));
    create("c").netOut(List.of(rule(1)));
    String before = state();
    CountDownLatch host = plugins.hang("network.net-out");

    assertThatThrownBy(() -> get("c").netOut(List.of(rule(1), rule(2))))
        .hasMessageContaining("no answer");
    host.countDown();

    assertThat(becomes(() -> plugins.callsOf("c").contains("network.undo-net-out"))).isTrue();
    assertThat(becomes(() -> !plugins.rules.contains(rule(2)))).isTrue();
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void aLatePortThatCannotBeTakenBackIsShown() throws IOException {
    restart(deadlines(LONG, SHORT, LONG, LONG));
    create("c");
    CountDownLatch host = plugins.hang("network.net-in");
    plugins.fail("network.undo-net-in", 1);

    assertThatThrownBy(() -> get("c").netIn(0, 9000)).hasMessageContaining("no answer");
    host.countDown();

    assertThat(becomes(() -> ports() == 2)).isTrue();
    assertThat(plugins.forwards).containsExactly(new PortForward(40001, 9000));
  }

  @Test
  void whatCannotBeStoredIsTakenBack() throws IOException {
    int chars =
        create("c").properties().entrySet().stream()
            .mapToInt(p -> p.getKey().length() + p.getValue().length())
            .sum();
    restart(s -> s.with(new Bounds(0, 8, chars, 8, 16)));

    assertThatThrownBy(() -> get("c").netIn(0, 9000))
        .hasMessageMatching("properties: \\d+ characters \\(expected: at most " + chars + "\\)");

    assertThat(plugins.forwards).isEmpty();
    assertThat(ports()).isEqualTo(1);
  }

  @Test
  void aChangeThatHangsHoldsUpTheNextOneOfItsContainerAlone() throws IOException {
    restart(deadlines(LONG, SHORT, LONG, LONG));
    create("c");
    create("other");
    CountDownLatch host = plugins.hang("network.net-in");
    assertThatThrownBy(() -> get("c").netIn(0, 9000)).hasMessageContaining("no answer");

    assertThatThrownBy(() -> get("c").netOut(List.of(rule(1))))
        .hasMessageMatching("(net-out c: no answer|network of c: the change before).*");
    get("other").netOut(List.of(rule(2)));
    host.countDown();

    assertThat(becomes(() -> plugins.forwards.isEmpty())).isTrue();
    assertThat(plugins.rules).containsExactly(rule(2));
  }

  @Test
  void portsAndRulesAreBounded() throws IOException {
    restart(s -> s.with(new Bounds(0, 8, 10_000, 2, 16)));
    create("c").netIn(0, 9000);
    get("c").netOut(List.of(rule(1)));

    assertThatThrownBy(() -> get("c").netIn(0, 9001))
        .hasMessage("mapped ports: 3 (expected: at most 2)");
    assertThatThrownBy(() -> get("c").netOut(List.of(rule(2), rule(3))))
        .hasMessage("rules: 3 (expected: at most 2)");
    assertThatThrownBy(
            () -> gardener.create(spec("{\"handle\":\"d\",\"netout_rules\":[{},{},{}]}")))
        .hasMessage("rules: 3 (expected: at most 2)");
    assertThatThrownBy(() -> gardener.create(spec("{\"handle\":\"d\",\"netin\":[{},{},{}]}")))
        .hasMessage("ports: 3 (expected: at most 2)");
    assertThat(all()).containsExactly("c");
  }
}
