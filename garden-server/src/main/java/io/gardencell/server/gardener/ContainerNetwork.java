package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import io.gardencell.api.MappedPort;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.WireJson;
import io.gardencell.api.spi.NetworkAddress;
import io.gardencell.api.spi.NetworkResult;
import io.gardencell.api.spi.PortForward;
import io.gardencell.server.gardener.HostCalls.Attempt;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ports and rules of one container. A change that the host makes after its caller gave it up cannot
 * be taken back; it is recorded all the same, so that what Info says is what is there and destroy
 * gives it back. Any thread; blocks.
 */
final class ContainerNetwork {

  private static final Logger log = LoggerFactory.getLogger(ContainerNetwork.class);

  private final Cell cell;
  private final LiveContainer container;

  ContainerNetwork(Cell cell, LiveContainer container) {
    this.cell = cell;
    this.container = container;
  }

  PortForward netIn(int hostPort, int containerPort, Attempt attempt) {
    NetworkAddress address = address();
    int most = cell.settings().bounds().rules();
    if (mappedPorts(container.saved().properties()).size() >= most) {
      throw GardenException.failure(
          "mapped ports: %d (expected: at most %d)".formatted(most, most));
    }
    PortForward mapped = cell.plugins().network().netIn(address, hostPort, containerPort);
    container.updateProperties(
        cell.settings().bounds().propertyChars(),
        properties -> {
          List<MappedPort> ports = new ArrayList<>(mappedPorts(properties));
          MappedPort added = new MappedPort(mapped.hostPort(), mapped.containerPort());
          if (!ports.contains(added)) {
            ports.add(added);
          }
          properties.put(
              NetworkResult.MAPPED_PORTS,
              new String(WireJson.encode(ports), StandardCharsets.UTF_8).strip());
        });
    tellIfLate("net-in", attempt);
    return mapped;
  }

  void netOut(List<NetOutRule> rules, Attempt attempt) {
    NetworkAddress address = address();
    int most = cell.settings().bounds().rules();
    int total = container.saved().netOut().size() + rules.size();
    if (total > most) {
      throw GardenException.failure("rules: %d (expected: at most %d)".formatted(total, most));
    }
    cell.plugins().network().netOut(address, rules);
    container.update(
        saved -> {
          List<NetOutRule> all = new ArrayList<>(saved.netOut());
          all.addAll(rules);
          return saved.withNetOut(all);
        });
    tellIfLate("net-out", attempt);
  }

  private void tellIfLate(String operation, Attempt attempt) {
    if (attempt.isGivenUp()) {
      log.atWarn()
          .addKeyValue("handle", container.handle())
          .addKeyValue("operation", operation)
          .log("done after its client was told that it failed");
    }
  }

  private NetworkAddress address() {
    Map<String, String> properties = container.saved().properties();
    String ip = properties.get(NetworkResult.CONTAINER_IP);
    if (ip == null) {
      throw GardenException.failure("cannot find container [" + container.handle() + "]\n");
    }
    return new NetworkAddress(
        container.handle().value(),
        properties.getOrDefault(NetworkResult.EXTERNAL_IP, cell.settings().policy().externalIp()),
        ip);
  }

  static List<MappedPort> mappedPorts(Map<String, String> properties) {
    String text = properties.getOrDefault(NetworkResult.MAPPED_PORTS, "");
    if (text.isEmpty()) {
      return List.of();
    }
    try {
      return WireJson.decodeList(text.getBytes(StandardCharsets.UTF_8), MappedPort.class);
    } catch (GardenException invalid) {
      // A client may have written the property.
      return List.of();
    }
  }
}
