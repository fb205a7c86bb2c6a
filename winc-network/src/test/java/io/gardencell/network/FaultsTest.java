package io.gardencell.network;

import static io.gardencell.network.NetworkFixture.EMPTY_POOL;
import static io.gardencell.network.NetworkFixture.at;
import static io.gardencell.network.NetworkFixture.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.api.NetIn;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.spi.NetworkRequest;
import io.gardencell.hcs.fault.Fault;
import io.gardencell.hcs.fault.FaultyHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every call to the host goes wrong once, at each place: it does nothing and fails, or it does its
 * work and fails then; alone, or with all that come later. At every end each mapping in force is in
 * the pool under its container's handle, and after one fault there is nothing to clean up.
 */
class FaultsTest {

  private static final NetOutRule RULE = tcp("8.8.8.8", "8.8.8.8", 53);
  private static final NetworkRequest REQUEST =
      new NetworkRequest(
          "h1", 1, Map.of("ports", "8080"), List.of(RULE), List.of(new NetIn(0, 8080)));

  private final Path dir;

  FaultsTest(@TempDir Path dir) {
    this.dir = dir;
  }

  /** A plugin in a state of its own. */
  private final class Stage implements AutoCloseable {
    final NetworkFixture fixture;
    final FaultyHost faulty;
    final WincNetwork network;

    Stage(String name) {
      try {
        fixture = new NetworkFixture(Files.createTempDirectory(dir, name));
      } catch (IOException failed) {
        throw new java.io.UncheckedIOException(failed);
      }
      faulty = new FaultyHost(fixture.host);
      fixture.host = faulty.host();
      network = fixture.network();
    }

    /** Whether it went through. */
    boolean runs(Consumer<WincNetwork> operation) {
      try {
        operation.accept(network);
        return true;
      } catch (GardenException failed) {
        assertThat(failed).as("names what failed").hasMessageNotContaining("null");
        return false;
      } finally {
        for (String handle : List.of("h1", "h2")) {
          assertThat(held(handle)).as("pool").containsAll(fixture.mapped(handle));
        }
        assertThat(fixture.hns.windows).as("moments without rules").isEmpty();
      }
    }

    Set<Integer> held(String handle) {
      String text = fixture.pool();
      Set<Integer> ports = new TreeSet<>();
      int at = text.indexOf("\"" + handle + "\":[");
      if (at >= 0) {
        String list = text.substring(text.indexOf('[', at) + 1, text.indexOf(']', at));
        for (String port : list.split(",")) {
          ports.add(Integer.parseInt(port));
        }
      }
      return ports;
    }

    @Override
    public void close() {
      faulty.close();
    }
  }

  private interface Check {
    void check(Stage stage, boolean succeeded);
  }

  /** Runs the operation once for each of its calls, which then goes wrong. */
  private void eachCall(
      Fault.Kind kind,
      boolean andAllLater,
      Consumer<WincNetwork> prepare,
      Consumer<WincNetwork> operation,
      Check after) {
    long calls = 1;
    for (long n = 1; n <= calls; n++) {
      try (Stage stage = new Stage("n" + n)) {
        prepare.accept(stage.network);
        Fault fault = Fault.nth(kind, n);
        stage.faulty.inject(andAllLater ? fault.andAllLater() : fault);
        boolean succeeded = stage.runs(operation);
        long made = stage.faulty.calls().size();
        assertThat(stage.faulty.injected()).as("call %d of %d", n, made).isPositive();
        stage.faulty.heal();
        after.check(stage, succeeded);
        if (n == 1) {
          calls = count(prepare, operation);
        }
      }
    }
    assertThat(calls).isGreaterThan(1);
  }

  private long count(Consumer<WincNetwork> prepare, Consumer<WincNetwork> operation) {
    try (Stage stage = new Stage("count")) {
      prepare.accept(stage.network);
      stage.faulty.heal();
      operation.accept(stage.network);
      return stage.faulty.calls().size();
    }
  }

  private static void assertNothingLeft(Stage stage) {
    assertThat(stage.fixture.hns.endpoints).isEmpty();
    assertThat(stage.fixture.pool()).isIn("", EMPTY_POOL);
    assertThat(stage.fixture.containerFile("h1")).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource(names = {"FAIL", "HALF"})
  void aCreateInWhichOneCallGoesWrongMakesTheNetworkOrNone(Fault.Kind kind) {
    eachCall(
        kind,
        false,
        network -> {},
        WincNetwork::createNetwork,
        (stage, succeeded) -> {
          assertThat(stage.fixture.hns.networks).hasSize(succeeded ? 1 : 0);
          stage.network.createNetwork();
          assertThat(stage.fixture.hns.networks).hasSize(1);
          assertThat(stage.fixture.hns.adapters.mtus).containsEntry("vEthernet (winc-nat)", 1400L);
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"FAIL", "HALF"})
  void aDeleteCanAlwaysBeRepeated(Fault.Kind kind) {
    for (boolean andAllLater : new boolean[] {false, true}) {
      eachCall(
          kind,
          andAllLater,
          network -> {
            network.up(REQUEST);
            network.down("h1");
          },
          WincNetwork::deleteNetwork,
          (stage, succeeded) -> {
            stage.network.deleteNetwork();
            assertThat(stage.fixture.hns.networks).isEmpty();
          });
    }
  }

  /** What lives is not cut off, whatever goes wrong when it is looked for. */
  @ParameterizedTest
  @EnumSource(names = {"FAIL", "HALF"})
  void aDeleteThatGoesWrongTakesNothingFromALiveContainer(Fault.Kind kind) {
    eachCall(
        kind,
        false,
        network -> network.up(REQUEST),
        network -> assertThatThrownBy(network::deleteNetwork).isInstanceOf(GardenException.class),
        (stage, succeeded) -> {
          assertThat(stage.fixture.mapped("h1")).containsExactly(40000);
          assertThat(stage.held("h1")).containsExactly(40000);
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"FAIL", "HALF"})
  void anUpInWhichOneCallGoesWrongLeavesNothing(Fault.Kind kind) {
    eachCall(
        kind,
        false,
        network -> {},
        network -> network.up(REQUEST),
        (stage, succeeded) -> {
          if (!succeeded) {
            assertNothingLeft(stage);
          }
          stage.network.down("h1");
          stage.network.up(REQUEST);
          assertThat(stage.fixture.hns.endpoints).hasSize(1);
          assertThat(stage.fixture.mapped("h1")).hasSize(1);
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"FAIL", "HALF"})
  void whatAnUpLeavesWhenNothingWorksAnyMoreIsReconciled(Fault.Kind kind) {
    eachCall(
        kind,
        true,
        WincNetwork::createNetwork,
        network -> network.up(REQUEST),
        (stage, succeeded) -> {
          stage.fixture.network().reconcile(Set.of());
          assertNothingLeft(stage);
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"FAIL", "HALF"})
  void aDownCanAlwaysBeRepeated(Fault.Kind kind) {
    for (boolean andAllLater : new boolean[] {false, true}) {
      eachCall(
          kind,
          andAllLater,
          network -> network.up(REQUEST),
          network -> network.down("h1"),
          (stage, succeeded) -> {
            stage.network.down("h1");
            assertNothingLeft(stage);
          });
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FAIL", "HALF"})
  void aNetInInWhichOneCallGoesWrongChangesNothing(Fault.Kind kind) {
    eachCall(
        kind,
        false,
        network -> network.up(REQUEST),
        network -> network.netIn(at("h1"), 0, 9090),
        (stage, succeeded) -> {
          if (!succeeded) {
            assertThat(stage.fixture.mapped("h1")).containsExactly(40000);
            assertThat(stage.held("h1")).containsExactly(40000);
          }
          stage.network.netIn(at("h1"), 0, 9091);
          assertThat(stage.held("h1")).isEqualTo(stage.fixture.mapped("h1"));
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"FAIL", "HALF"})
  void aRuleChangeThatCannotBeUndoneIsReconciled(Fault.Kind kind) {
    eachCall(
        kind,
        true,
        network -> network.up(REQUEST),
        network -> network.netIn(at("h1"), 0, 9090),
        (stage, succeeded) -> {
          stage.fixture.network().reconcile(Set.of("h1"));
          assertThat(stage.fixture.mapped("h1")).containsExactly(40000);
          assertThat(stage.held("h1")).containsExactly(40000);
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"FAIL", "HALF"})
  void aNetOutInWhichOneCallGoesWrongAddsAllOrNone(Fault.Kind kind) {
    List<NetOutRule> rules = List.of(tcp("1.1.1.1", "1.1.1.1", 80), tcp("2.2.2.2", "2.2.2.2", 80));
    eachCall(
        kind,
        false,
        network -> network.up(REQUEST),
        network -> network.netOut(at("h1"), rules),
        (stage, succeeded) -> {
          String policies = stage.fixture.policies("h1");
          assertThat(policies.contains("1.1.1.1/32")).isEqualTo(succeeded);
          assertThat(policies.contains("2.2.2.2/32")).isEqualTo(succeeded);
          stage.network.netOut(at("h1"), rules);
          assertThat(stage.fixture.policies("h1")).contains("1.1.1.1/32", "2.2.2.2/32");
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"FAIL", "HALF"})
  void aReconcileInWhichOneCallGoesWrongIsRepeated(Fault.Kind kind) {
    NetworkRequest second =
        new NetworkRequest("h2", 1, Map.of(), List.of(), List.of(new NetIn(0, 8080)));
    eachCall(
        kind,
        false,
        network -> {
          network.up(REQUEST);
          network.up(second);
        },
        network -> network.reconcile(Set.of("h2")),
        (stage, succeeded) -> {
          stage.network.reconcile(Set.of("h2"));
          assertThat(stage.fixture.hns.endpoints).hasSize(1);
          assertThat(stage.fixture.pool()).isEqualTo("{\"acquired_ports\":{\"h2\":[40001]}}\n");
        });
  }

  // winc-network.md §22 case 68; §21 weakness 19
  @Test
  void aHangingCallFailsItsOperationAndNoOther() {
    try (Stage stage = new Stage("hang")) {
      stage.network.createNetwork();
      NetworkFixture fixture = stage.fixture;
      WincNetwork impatient =
          new WincNetwork(
              stage.faulty.host(),
              fixture.config(),
              StepLog.ofProcess(),
              java.time.Clock.systemUTC(),
              new Patience(
                  java.time.Duration.ofMillis(300),
                  NetworkFixture.PATIENCE.networkReady(),
                  NetworkFixture.PATIENCE.endpointReady(),
                  NetworkFixture.PATIENCE.handle(),
                  NetworkFixture.PATIENCE.retry()),
              port -> false);
      stage.faulty.inject(Fault.nth(Fault.Kind.HANG, 1).of("HostEndpoints.createEndpoint"));

      assertThatThrownBy(() -> impatient.up(REQUEST))
          .hasMessage("HNS POST /endpoints/ timed out after 0s");
      impatient.up(new NetworkRequest("h2", 1, Map.of(), List.of(), List.of()));

      assertThat(fixture.endpoint("h2").sharedContainers()).containsExactly("h2");
      assertThat(stage.held("h1")).isEmpty();
    }
  }
}
