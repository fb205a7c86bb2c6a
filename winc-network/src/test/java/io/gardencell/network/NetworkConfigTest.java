package io.gardencell.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.document.HcsJson;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkConfigTest {

  private final Path dir;

  NetworkConfigTest(@TempDir Path dir) {
    this.dir = dir;
  }

  // winc-network.md §22 case 9 and 11
  @Test
  void configKeysMatchInAnyCaseAndDnsPortsAreCut() {
    NetworkConfig config =
        NetworkConfig.read(
            "{\"NETWORK_name\":\"n\",\"other\":1,\"dns_servers\":[\"1.2.3.4:53\"],\"subnet_range\":\"172.30.0.9/22\",\"gateway_address\":\"172.30.0.1\"}",
            dir);

    assertThat(config.networkName()).isEqualTo("n");
    assertThat(config.dnsServers()).containsExactly("1.2.3.4");
    assertThat(config.subnetRange()).isEqualTo("172.30.0.0/22");
    assertThat(config.commandTimeout()).hasSeconds(2);
    assertThat(config.sharedPortState()).isNull();
    assertThat(config.attachBeforeRules()).isFalse();
    assertThat(config.ignoreLogConfig()).isFalse();
    assertThat(config.firstPort()).isEqualTo(40000);
    assertThat(config.portCount()).isEqualTo(5000);
  }

  @Test
  void theKeysOfOursAreRead() {
    Path shared = dir.resolve("port-state.json");
    String json =
        "{\"network_name\":\"n\",\"attach_before_rules\":true,\"ignore_log_config\":true,\"shared_port_state\":%s,\"first_port\":20000,\"port_count\":100}"
            .formatted(HcsJson.write(shared.toString()));

    NetworkConfig config = NetworkConfig.read(json, dir);

    assertThat(config.sharedPortState()).isEqualTo(shared);
    assertThat(config.attachBeforeRules()).isTrue();
    assertThat(config.ignoreLogConfig()).isTrue();
    assertThat(config.firstPort()).isEqualTo(20000);
    assertThat(config.portCount()).isEqualTo(100);
    assertThatThrownBy(
            () -> NetworkConfig.read("{\"network_name\":\"n\",\"shared_port_state\":\"x\"}", dir))
        .hasMessage("invalid shared_port_state: x");
    assertThatThrownBy(
            () -> NetworkConfig.read("{\"network_name\":\"n\",\"first_port\":61000}", dir))
        .hasMessage("invalid port range: 61000-65999");
  }

  @Test
  void withoutAConfigFileTheJobsDefaultsHold() {
    assertThat(NetworkConfig.defaults(dir))
        .isEqualTo(
            new NetworkConfig(
                "winc-nat",
                "172.30.0.0/22",
                "172.30.0.1",
                0,
                List.of("172.30.0.1"),
                List.of(),
                0,
                false,
                false,
                Duration.ofSeconds(2),
                40000,
                5000,
                dir.resolve("network"),
                null,
                false));
  }
}
