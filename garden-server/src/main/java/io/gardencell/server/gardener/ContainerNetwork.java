package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import io.gardencell.api.MappedPort;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.WireJson;
import io.gardencell.api.spi.NetworkAddress;
import io.gardencell.api.spi.NetworkResult;
import io.gardencell.api.spi.PortForward;
import io.gardencell.server.cell.Cell;
import io.gardencell.server.cell.Failures;
import io.gardencell.server.cell.HostCalls.Attempt;
import io.gardencell.server.cell.LiveContainer;
import io.gardencell.server.cell.Patience;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ports and rules of one container, one change at a time. A change whose client was told that it
 * failed is taken back: it came too late, or could not be stored. What cannot be taken back is
 * recorded, so that Info says what is there, a restart keeps it in mind and destroy gives it back.
 * Any thread; blocks.
 */
final class ContainerNetwork {

  private static final Logger log = LoggerFactory.getLogger(ContainerNetwork.class);

  private final Cell cell;
  private final LiveContainer container;

  /** Held from the host call to the record: what is undone must not be what another was given. */
  private final ReentrantLock changing = new ReentrantLock();

  ContainerNetwork(Cell cell, LiveContainer container) {
    this.cell = cell;
    this.container = container;
  }

  PortForward netIn(int hostPort, int containerPort, Attempt attempt) {
    lock();
    try {
      NetworkAddress address = address();
      int most = cell.settings().bounds().rules();
      if (mappedPorts(container.saved().properties()).size() >= most) {
        throw GardenException.failure(
            "mapped ports: %d (expected: at most %d)".formatted(most + 1, most));
      }
      attempt.requireWanted();
      PortForward mapped = cell.plugins().network().netIn(address, hostPort, containerPort);
      settle(
          "net-in",
          attempt,
          () -> record(mapped),
          () -> cell.plugins().network().undoNetIn(address, mapped));
      return mapped;
    } finally {
      changing.unlock();
    }
  }

  private void record(PortForward mapped) {
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
  }

  void netOut(List<NetOutRule> rules, Attempt attempt) {
    lock();
    try {
      NetworkAddress address = address();
      List<NetOutRule> before = container.saved().netOut();
      int most = cell.settings().bounds().rules();
      int total = before.size() + rules.size();
      if (total > most) {
        throw GardenException.failure("rules: %d (expected: at most %d)".formatted(total, most));
      }
      attempt.requireWanted();
      cell.plugins().network().netOut(address, rules);
      List<NetOutRule> added = rules.stream().filter(rule -> !before.contains(rule)).toList();
      settle(
          "net-out",
          attempt,
          () -> record(rules),
          () -> cell.plugins().network().undoNetOut(address, added));
    } finally {
      changing.unlock();
    }
  }

  private void record(List<NetOutRule> rules) {
    container.update(
        saved -> {
          List<NetOutRule> all = new ArrayList<>(saved.netOut());
          all.addAll(rules);
          return saved.withNetOut(all);
        });
  }

  /** Records a change that its client still waits for, and takes back every other. */
  private void settle(String operation, Attempt attempt, Runnable record, Runnable undo) {
    boolean recorded = false;
    try {
      attempt.commit();
      record.run();
      recorded = true;
    } finally {
      if (!recorded) {
        takeBack(operation, record, undo);
      }
    }
  }

  private void takeBack(String operation, Runnable record, Runnable undo) {
    Failures failures = new Failures();
    if (failures.attempt(undo)) {
      log.atWarn()
          .addKeyValue("handle", container.handle())
          .addKeyValue("operation", operation)
          .log("taken back, its client was told that it failed");
      return;
    }
    failures.attempt(record);
    log.atError()
        .addKeyValue("handle", container.handle())
        .addKeyValue("operation", operation)
        .addKeyValue("failures", failures.texts())
        .log("in force although its client was told that it failed, until the container goes");
  }

  private void lock() {
    new Patience(cell.settings().deadlines().run())
        .lock(changing, "network of " + container.handle(), "the change before does not end");
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
