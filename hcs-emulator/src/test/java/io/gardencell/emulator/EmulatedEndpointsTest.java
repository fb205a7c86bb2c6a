package io.gardencell.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.IntNode;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostEndpoints;
import io.gardencell.hcs.HostEndpointsContract;
import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.HnsEndpoint;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EmulatedEndpointsTest extends HostEndpointsContract {

  private final EmulatedFixture fixture = new EmulatedFixture();

  @Override
  protected HostFixture open() {
    return fixture;
  }

  // winc-network.md §21 weakness 24
  @Test
  void keepsMembersThatOnlyNewerVersionsKnowUnlessAnUpdateLeavesThemOut() {
    Host host = fixture.host();
    HostEndpoints endpoints = host.endpoints();
    String network = host.networks().networks().get(0).id();

    HnsEndpoint made =
        endpoints.createEndpoint(
            HcsJson.read(
                "{\"Name\":\"a\",\"VirtualNetwork\":\"%s\",\"Flags\":1024}".formatted(network),
                HnsEndpoint.class));
    assertThat(endpoints.endpoint(made.id()).other())
        .isEqualTo(Map.of("Flags", IntNode.valueOf(1024)));

    endpoints.updateEndpoint(made.id(), made.withPolicies(List.of()));
    assertThat(endpoints.endpoint(made.id()).other()).isEqualTo(made.other());

    endpoints.updateEndpoint(
        made.id(), HcsJson.read("{\"ID\":\"%s\"}".formatted(made.id()), HnsEndpoint.class));
    assertThat(endpoints.endpoint(made.id()).other()).isEmpty();
  }
}
