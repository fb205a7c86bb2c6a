package io.gardencell.hcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import io.gardencell.hcs.document.HnsPolicy;
import io.gardencell.hcs.document.ModifyRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link HostEndpoints} does (hcs-abi.md section 8, winc-network.md section 4). */
public abstract class HostEndpointsContract extends HostContract {

  private static final String ABSENT = "11111111-2222-3333-4444-555555555555";

  private HnsNetwork network;

  @BeforeEach
  void createNetwork() {
    network =
        host()
            .networks()
            .createNetwork(
                HnsNetwork.nat(
                    "n",
                    List.of(new HnsNetwork.Subnet("10.72.0.0/29", "10.72.0.1", List.of())),
                    ""));
  }

  private HnsEndpoint created(String name, HnsPolicy... policies) {
    return host()
        .endpoints()
        .createEndpoint(HnsEndpoint.request(name, network.id(), List.of(policies), "10.72.0.1"));
  }

  private HnsEndpoint read(HnsEndpoint endpoint) {
    return host().endpoints().endpoint(endpoint.id());
  }

  private static HnsPolicy nat(int internalPort, int externalPort) {
    return new HnsPolicy.Nat("TCP", internalPort, externalPort);
  }

  private static HnsPolicy allow(String remote) {
    return new HnsPolicy.Acl(
        "", 6, "", 0, "Allow", "Out", "", remote, "", 0, "80-90", 0, "", 100, "", Map.of());
  }

  @Test
  void handsOutTheLowestFreeAddress() {
    HnsEndpoint first = created("a");
    HnsEndpoint second = created("b");

    assertThat(first.ipAddress()).isEqualTo("10.72.0.2");
    assertThat(second.ipAddress()).isEqualTo("10.72.0.3");
    assertThat(first.macAddress())
        .matches("([0-9A-F]{2}-){5}[0-9A-F]{2}")
        .isNotEqualTo(second.macAddress());
    assertThat(first.gatewayAddress()).isEqualTo("10.72.0.1");
    assertThat(first.prefixLength()).isEqualTo(29);
    assertThat(first.virtualNetwork()).isEqualToIgnoringCase(network.id());
    assertThat(first.virtualNetworkName()).isEqualTo("n");
    assertThat(first.dnsServerList()).isEqualTo("10.72.0.1");

    host().endpoints().deleteEndpoint(first.id());
    assertThat(created("c").ipAddress()).isEqualTo("10.72.0.2");
  }

  @Test
  void refusesAnEndpointWhenTheSubnetIsFull() {
    for (String name : List.of("a", "b", "c", "d", "e")) {
      created(name);
    }
    assertThatThrownBy(() -> created("f")).satisfies(hns("no free address"));
    assertThat(host().endpoints().endpoints()).hasSize(5);
  }

  @Test
  void refusesAnUnknownNetwork() {
    assertThatThrownBy(
            () ->
                host().endpoints().createEndpoint(HnsEndpoint.request("a", ABSENT, List.of(), "")))
        .satisfies(hns("not found"));
  }

  @Test
  void keepsPoliciesInOrder() {
    HnsPolicy qos = new HnsPolicy.Qos(1_048_576);
    HnsPolicy acl = allow("10.0.0.0/8,192.168.0.0/16");

    HnsEndpoint made = created("a", qos, acl);

    assertThat(made.policies()).containsExactly(qos, acl);
    assertThat(read(made).policies()).containsExactly(qos, acl);
  }

  @Test
  void replacesPoliciesAndKeepsTheRest() {
    HnsEndpoint made = created("a", new HnsPolicy.Qos(5));
    HnsPolicy acl = allow("10.0.0.0/8");

    HnsEndpoint changed =
        host().endpoints().updateEndpoint(made.id(), made.withPolicies(List.of(acl)));

    for (HnsEndpoint e : List.of(changed, read(made))) {
      assertThat(e.policies()).containsExactly(acl);
      assertThat(e.ipAddress()).isEqualTo(made.ipAddress());
      assertThat(e.macAddress()).isEqualTo(made.macAddress());
      assertThat(e.name()).isEqualTo("a");
    }
  }

  @Test
  void mapsAHostPortOnce() throws IOException {
    try (ClaimedPorts ports = ClaimedPorts.claim()) {
      mapsOnce(ports.next());
    }
  }

  private void mapsOnce(int port) {
    HnsEndpoint first = created("a", nat(8080, port));
    HnsEndpoint second = created("b");

    assertThatThrownBy(
            () ->
                host()
                    .endpoints()
                    .updateEndpoint(second.id(), second.withPolicies(List.of(nat(8080, port)))))
        .satisfies(hns("port already exists"));
    assertThatThrownBy(() -> created("c", nat(9090, port))).satisfies(hns("port already exists"));
    assertThat(read(second).policies()).isEmpty();
    assertThat(host().endpoints().endpoints()).hasSize(2);

    host().endpoints().updateEndpoint(first.id(), first.withPolicies(List.of(nat(8081, port))));
    host().endpoints().deleteEndpoint(first.id());
    assertThat(created("c", nat(9090, port)).policies()).containsExactly(nat(9090, port));
  }

  @Test
  void refusesUnknownEndpointsEverywhere() {
    HnsEndpoint made = created("a");
    for (Runnable call :
        List.<Runnable>of(
            () -> host().endpoints().endpoint(ABSENT),
            () -> host().endpoints().updateEndpoint(ABSENT, made),
            () -> host().endpoints().deleteEndpoint(ABSENT),
            () -> host().endpoints().statistics(ABSENT))) {
      assertThatThrownBy(call::run)
          .satisfies(hns("not found"))
          .satisfies(e -> assertThat(((HcsException) e).isNotFound()).isTrue());
    }
  }

  // hcs-abi.md §18 case 32
  @Test
  void neverAddressesTheCollection() {
    assertThatThrownBy(() -> host().endpoints().deleteEndpoint(""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> host().endpoints().endpoint(""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void countsTrafficFromZero() {
    HnsEndpoint made = created("a");
    assertThat(host().endpoints().statistics(made.id()).bytesReceived()).isZero();
    assertThat(host().endpoints().statistics(made.id()).bytesSent()).isZero();
  }

  // hcs-abi.md §18 cases 31 and 33
  @Test
  void isAttachedToAndDetachedFromARunningSystem() {
    HnsEndpoint made = created("a");
    ComputeSystem system = running();

    system.modify(ModifyRequest.addEndpoint(made.id()));
    assertThat(read(made).isAttachedTo(system.id())).isTrue();
    assertThat(read(made).state()).isEqualTo(2);
    assertThat(read(made).isAttachedTo(system.id().substring(1))).isFalse();

    system.modify(ModifyRequest.removeEndpoint(made.id()));
    assertThat(read(made).isAttachedTo(system.id())).isFalse();
    assertThatThrownBy(() -> system.modify(ModifyRequest.removeEndpoint(made.id())))
        .satisfies(code(HcsErrors.NOT_FOUND));
    assertThatThrownBy(() -> system.modify(ModifyRequest.addEndpoint(ABSENT)))
        .satisfies(code(HcsErrors.NOT_FOUND));
  }

  @Test
  void isFreeAgainWhenItsSystemHasEnded() throws Exception {
    HnsEndpoint made = created("a");
    ComputeSystem system = running();
    system.modify(ModifyRequest.addEndpoint(made.id()));

    system.terminate();
    system.exited().get(30, TimeUnit.SECONDS);

    assertThat(read(made).sharedContainers()).isEmpty();
  }

  @Test
  void survivesARestart() {
    HnsEndpoint made = created("a", allow("10.0.0.0/8"));
    assertThat(reopened().endpoints().endpoint(made.id()).policies())
        .containsExactly(allow("10.0.0.0/8"));
  }
}
