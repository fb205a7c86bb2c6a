package io.gardencell.network.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.network.FakeCalls;
import io.gardencell.network.rule.Acls;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WincNetworkCommandTest extends CommandRuns {

  WincNetworkCommandTest(@TempDir Path dir) {
    super(dir);
  }

  // winc-network.md §22 cases 5, 8, 40 and 77; guardian.md §12.3
  @Test
  void aContainersLifeRunsThroughTheCommandLine() {
    assertThat(run("", "--action=create")).isZero();
    assertThat(out).isEmpty();
    assertThat(
            run(
                "{\"PID\":1,\"netin\":[{\"HOST_port\":0,\"container_port\":8080}]} trailing",
                "--action",
                "up",
                "--handle",
                "h1",
                "extra"))
        .isZero();
    String ip = hns.endpoints.values().iterator().next().ipAddress();
    assertThat(out)
        .isEqualTo(
            "{\"properties\":{\"garden.network.container-ip\":\""
                + ip
                + "\",\"garden.network.host-ip\":\"255.255.255.255\",\"garden.network.mapped-ports\":\"[{\\\"HostPort\\\":40000,\\\"ContainerPort\\\":8080}]\"}}\n");
    assertThat(
            run(
                "{\"HostIP\":\"x\",\"HostPort\":0,\"ContainerIP\":\"y\",\"ContainerPort\":9090}",
                "--action=net-in",
                "--handle=h1"))
        .isZero();
    assertThat(out).isEqualTo("{\"host_port\":40001,\"container_port\":9090}\n");
    String rule = "{\"protocol\":1,\"networks\":[{\"start\":\"8.8.8.8\"}]}";
    assertThat(
            run(
                "{\"container_ip\":\"y\",\"netout_rule\":" + rule + "}",
                "--action=net-out",
                "--handle=h1"))
        .isZero();
    assertThat(
            run(
                "{\"container_ip\":\"y\",\"netout_rules\":[{\"protocol\":2}," + rule + "]}",
                "--action=bulk-net-out",
                "--handle=h1"))
        .isZero();
    assertThat(hns.endpoints.values().iterator().next().policies())
        .contains(Acls.allowOut(6, ip, "8.8.8.8/32", ""), Acls.allowOut(17, ip, "", ""));
    assertThat(run("null", "--action=down", "--handle=h1")).isZero();
    assertThat(hns.endpoints).isEmpty();
    hns.systems.clear();
    assertThat(run("", "--action=delete")).isZero();
    assertThat(hns.networks).isEmpty();
  }

  // guardian.md §12.3: an empty list comes as null
  @Test
  void bulkNetOutOfNothingChangesNothing() {
    run("", "--action=create");
    run("null", "--action=up", "--handle=h1");
    hns.calls.made.clear();

    assertThat(
            run(
                "{\"container_ip\":\"172.30.0.2\",\"netout_rules\":null}",
                "--action",
                "bulk-net-out",
                "--handle",
                "h1"))
        .isZero();

    assertThat(out).isEmpty();
    assertThat(hns.calls.made).isEmpty();
  }

  // winc-network.md §1.2: one line on stderr, exit code 1, nothing on stdout
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "net-in|`{\"HostPort\":0,\"ContainerPort\":80}`|net-in: unknown handle: nobody",
        "net-in|`{\"HostPort\":\"x\"}`|net-in: HostPort: \"x\" (expected: 0-65535)",
        "net-out|`{\"netout_rule\":{\"protocol\":5}}`|net-out: invalid protocol: 5",
        "bulk-net-out|``|bulk-net-out: EOF"
      })
  void ruleChangesThatFailSaySo(String action, String stdin, String text) {
    assertThat(run(stdin == null ? "" : stdin, "--action=" + action, "--handle=nobody"))
        .isEqualTo(1);

    assertThat(err).isEqualTo(text + "\n");
    assertThat(out).isEmpty();
  }

  // winc-network.md §22 cases 1, 2 and 3; §21 weakness 40
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "--action=up|missing required flag 'handle'",
        "--action=down|missing required flag 'handle'",
        "--action=foo|invalid action: foo",
        "--debug|\"invalid action: \"",
        "--action=up --log-format=xml --handle=h1|invalid log format: xml",
      })
  void wrongFlagsAreNamed(String args, String text) {
    assertThat(run("{}", args.split(" "))).isEqualTo(1);

    assertThat(err).isEqualTo(text + "\n");
    assertThat(out).isEmpty();
    assertThat(hns.calls.made).isEmpty();
  }

  // winc-network.md §22 case 6
  @Test
  void anUnknownFlagShowsTheUsage() {
    assertThat(run("", "--nonsense")).isEqualTo(1);

    assertThat(out)
        .startsWith("Incorrect Usage. flag provided but not defined: -nonsense\n\n")
        .contains("--action");
    assertThat(err)
        .startsWith("time=")
        .endsWith(
            " level=error msg=\"flag provided but not defined: -nonsense\"\n"
                + "flag provided but not defined: -nonsense\n");
    assertThat(run("", "--help")).isZero();
    assertThat(out).contains("--action");
  }

  // winc-network.md §22 cases 45, 46, 47, 49 and 52
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|networkUp: EOF",
        "`{\"netin\":{}}`|networkUp: netin",
        "`{\"netin\":[{\"host_port\":70000}]}`|networkUp: host_port: 70000",
        "`{\"netin\":[{\"host_port\":-1}]}`|networkUp: host_port: -1",
        "`{\"netin\":[{\"host_port\":\"x\"}]}`|networkUp: host_port: \"x\"",
        "`{\"netout_rules\":[{\"protocol\":300}]}`|networkUp: netout_rules: ",
        "`{\"netout_rules\":[{\"protocol\":5}]}`|networkUp: invalid protocol: 5",
        "`{\"netout_rules\":[{\"networks\":[{\"start\":\"a.b.c.d\"}]}]}`|networkUp: invalid address"
            + " range: a.b.c.d-",
        "`{\"Properties\":{\"ports\":8080}}`|networkUp: Invalid type input.Properties.ports: 8080",
        "`{`|networkUp: unexpected EOF",
        "`[]`|networkUp: json: cannot unmarshal array",
      })
  void wrongInputReachesNoHns(String stdin, String text) {
    assertThat(run(stdin == null ? "" : stdin, "--action=up", "--handle=h1")).isEqualTo(1);

    assertThat(err).startsWith(text);
    assertThat(hns.calls.made).isEmpty();
  }

  // winc-network.md §22 cases 4, 10 and 11
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`{`|``",
        "`[]`|``",
        "`{\"network_name\":\"n\",\"mtu\":\"1400\"}`|``",
        "`{}`|network_name is required",
        "`{\"network_name\":\"n\",\"subnet_range\":\"172.30.0.0/31\"}`|invalid subnet_range:"
            + " 172.30.0.0/31",
        "`{\"network_name\":\"n\",\"subnet_range\":\"::/64\"}`|invalid subnet_range: ::/64",
        "`{\"network_name\":\"n\",\"subnet_range\":\"x\"}`|invalid subnet_range: x",
        "`{\"network_name\":\"n\",\"subnet_range\":\"172.30.0.0/22\",\"gateway_address\":\"1.2.3.4\"}`|invalid"
            + " gateway_address: 1.2.3.4",
        "`{\"network_name\":\"n\",\"subnet_range\":\"172.30.0.0/22\",\"gateway_address\":\"172.30.0.0\"}`|invalid"
            + " gateway_address: 172.30.0.0",
        "`{\"network_name\":\"n\",\"mtu\":575}`|invalid mtu: 575",
        "`{\"network_name\":\"n\",\"mtu\":65536}`|invalid mtu: 65536",
        "`{\"network_name\":\"n\",\"mtu\":-1}`|invalid mtu: -1",
        "`{\"network_name\":\"n\",\"dns_servers\":[\"host.example\"]}`|invalid dns server:"
            + " host.example",
        "`{\"network_name\":\"n\",\"wait_timeout_in_seconds\":-1}`|invalid wait_timeout_in_seconds:"
            + " -1",
      })
  void wrongConfigIsNamed(String json, String text) throws Exception {
    Path file = Files.writeString(dir.resolve("net.json"), json);

    assertThat(run("", "--action=create", "--configFile=" + file)).isEqualTo(1);

    assertThat(err).startsWith("configFile: " + (text == null ? "" : text));
    assertThat(hns.calls.made).isEmpty();
  }

  // winc-network.md §22 case 4
  @Test
  void aMissingConfigFileIsNamed() {
    Path missing = dir.resolve("nowhere.json");

    assertThat(run("", "--action=create", "--configFile=" + missing)).isEqualTo(1);

    assertThat(err)
        .isEqualTo(
            "configFile: open " + missing + ": The system cannot find the file specified.\n");
  }

  // winc-network.md §22 case 40
  @ParameterizedTest
  @ValueSource(strings = {"null", "{}", "{\"NETIN\":null,\"netout_rules\":null} garbage"})
  void anInputThatAsksForNothingIsAccepted(String stdin) {
    run("", "--action=create");

    assertThat(run(stdin, "--action=up", "--handle=h1")).isZero();

    assertThat(out).contains("\"garden.network.mapped-ports\":\"[]\"");
  }

  // winc-network.md §22 cases 76 and 77
  @ParameterizedTest
  @ValueSource(strings = {"null", "", "garbage {"})
  void downIgnoresItsInputAndMayBeRepeated(String stdin) {
    assertThat(run(stdin, "--action=down", "--handle=h1")).isZero();
    assertThat(run(stdin, "--action=down", "--handle=h1")).isZero();

    assertThat(out).isEmpty();
    assertThat(err).isEmpty();
  }

  // winc-network.md §17.3, §17.4: what could not be removed goes with the next action, also create
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "create|``",
        "up|{}",
        "down|``",
        "net-in|`{\"HostPort\":0,\"ContainerPort\":80}`",
        "net-out|`{\"netout_rule\":{\"protocol\":1}}`",
        "bulk-net-out|`{\"netout_rules\":[]}`"
      })
  void theNextActionRemovesWhatAnEarlierOneLeft(String action, String stdin) {
    hns.systems.add("h2");
    hns.systems.add("h3");
    run("", "--action=create");
    run("{}", "--action=up", "--handle=h1");
    run("{}", "--action=up", "--handle=h2");
    hns.calls.fail("DELETE /endpoints/", FakeCalls.answers("Access is denied. "));
    assertThat(run("", "--action=down", "--handle=h1")).isEqualTo(1);
    hns.heal();

    String handle = action.equals("up") ? "h3" : "h2";
    assertThat(run(stdin == null ? "" : stdin, "--action=" + action, "--handle=" + handle))
        .isZero();

    assertThat(hns.endpoints.values()).extracting("name").doesNotContain("h1");
  }

  /** Its answer is out by then, and its exit code is that of the action. */
  @Test
  void leftoversThatStayDoNotFailTheAction() {
    run("", "--action=create");
    run("{}", "--action=up", "--handle=h1");
    hns.calls.fail("DELETE /endpoints/", FakeCalls.answers("Access is denied. "));
    run("", "--action=down", "--handle=h1");
    hns.systems.add("h2");

    assertThat(run("{}", "--action=up", "--handle=h2")).isZero();

    assertThat(out).contains("garden.network.container-ip");
    assertThat(hns.endpoints).hasSize(2);
  }
}
