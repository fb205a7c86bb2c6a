package io.gardencell.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.MappedPort;
import io.gardencell.api.NetIn;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.spi.NetworkRequest;
import io.gardencell.api.spi.PortForward;
import io.gardencell.network.rule.OutboundRules;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a client may ask of {@code up} and {@code net-in} (spec: winc-network 7.1, 17.2). */
final class Requests {

  private static final JsonMapper MAPPER = new JsonMapper();

  private Requests() {}

  /** Checks everything before the first call to the host. */
  static void validate(NetworkRequest request) {
    Handle.parse(request.handle());
    validateRules(request.netOut());
    Set<Long> hostPorts = new HashSet<>();
    for (NetIn port : request.netIn()) {
      validatePorts(port.hostPort(), port.containerPort());
      if (port.hostPort() != 0 && !hostPorts.add(port.hostPort())) {
        throw GardenException.failure("port already acquired: " + port.hostPort());
      }
    }
    UrlReservations.ports(request.properties().get("ports"));
  }

  static void validateRules(List<NetOutRule> rules) {
    OutboundRules.validate(rules);
  }

  /** For {@code net-in} on a running container both may be 0. */
  static void validatePorts(int hostPort, int containerPort) {
    if (hostPort < 0 || hostPort > 65535) {
      throw GardenException.failure("invalid host port: " + hostPort);
    }
    if (containerPort < 0 || containerPort > 65535) {
      throw GardenException.failure("invalid container port: " + containerPort);
    }
  }

  private static void validatePorts(long hostPort, long containerPort) {
    if (hostPort < 0 || hostPort > 65535) {
      throw GardenException.failure("invalid host port: " + hostPort);
    }
    if (containerPort < 0 || containerPort > 65535 || containerPort == 0 && hostPort == 0) {
      throw GardenException.failure("invalid container port: " + containerPort);
    }
  }

  /** The rules asked for; a container that says nothing at all may be allowed everything. */
  static List<NetOutRule> effectiveRules(NetworkRequest request, NetworkConfig config) {
    boolean saysNothing =
        request.netIn().isEmpty()
            && request.netOut().isEmpty()
            && request.properties().keySet().stream()
                .allMatch(key -> config.ignoreLogConfig() && key.equals("log_config"));
    return config.allowOutboundByDefault() && saysNothing
        ? List.of(new NetOutRule(0, List.of(), List.of(), null, false))
        : request.netOut();
  }

  /** The text of the property {@code garden.network.mapped-ports}. */
  static String mappedPorts(List<PortForward> ports) {
    try {
      return MAPPER.writeValueAsString(
          ports.stream().map(p -> new MappedPort(p.hostPort(), p.containerPort())).toList());
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("mapped ports cannot be written: " + ports, impossible);
    }
  }
}
