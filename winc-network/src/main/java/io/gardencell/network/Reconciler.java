package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.api.spi.PortForward;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.network.port.PortPool;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings endpoints, port pool and files into line with the containers that live (spec: winc-network
 * 17.7). Each container is put in order by itself, under its lock; one that cannot be is logged,
 * keeps what it has, and is tried again the next time. Any thread.
 */
final class Reconciler {

  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  private final HandleLocks locks;
  private final Endpoints endpoints;
  private final RuleChanges rules;
  private final ContainerFiles files;
  private final PortPool ports;
  private final Leftovers leftovers;

  Reconciler(
      HandleLocks locks,
      Endpoints endpoints,
      RuleChanges rules,
      ContainerFiles files,
      PortPool ports,
      Leftovers leftovers) {
    this.locks = locks;
    this.endpoints = endpoints;
    this.rules = rules;
    this.files = files;
    this.ports = ports;
    this.leftovers = leftovers;
  }

  /**
   * Puts everything on a network in order; the dead first, so that the living get their ports.
   *
   * @param liveHandles asked only after all else has been looked at, so that a container which is
   *     made meanwhile is not taken for a dead one
   * @return the handles that could not be put in order; a dead one is also left over
   */
  Set<String> run(String networkId, Set<String> liveHandles) {
    Map<String, List<HnsEndpoint>> byHandle =
        endpoints.of(networkId).stream()
            .collect(Collectors.groupingBy(HnsEndpoint::name, TreeMap::new, Collectors.toList()));
    Set<String> dead = new TreeSet<>(byHandle.keySet());
    dead.addAll(ports.acquired().keySet());
    dead.addAll(leftovers.handles());
    List<Path> listed = files.list();
    Set<String> live = new TreeSet<>(liveHandles);
    dead.removeAll(live);
    Set<String> failed =
        each(dead, handle -> bury(networkId, handle, byHandle.getOrDefault(handle, List.of())));
    failed.forEach(leftovers::add);
    failed.addAll(
        each(live, handle -> restore(networkId, handle, byHandle.getOrDefault(handle, List.of()))));
    live.addAll(ports.acquired().keySet());
    files.delete(listed, live);
    return failed;
  }

  /**
   * Gives back the ports of handles that have neither an endpoint nor a compute system, as after a
   * reboot; for a process that does not know which containers live.
   */
  void releaseOfTheGone() {
    for (String handle : ports.holders()) {
      locks.unlessBusy(
          handle,
          () -> {
            if (endpoints.named(handle).isEmpty() && !endpoints.hasSystem(handle)) {
              ports.release(handle);
              log.atInfo().addKeyValue("handle", handle).log("ports of a dead container released");
            }
            return true;
          });
    }
  }

  private Set<String> each(Set<String> handles, Consumer<String> step) {
    Set<String> notInOrder = new TreeSet<>();
    for (String handle : handles) {
      try {
        locks.locked(
            handle,
            () -> {
              files.clear(handle);
              step.accept(handle);
              return true;
            });
      } catch (HcsException | GardenException failed) {
        notInOrder.add(handle);
        log.atWarn()
            .addKeyValue("handle", handle)
            .setCause(failed)
            .log("network of a container not in order, will be tried again");
      }
    }
    return notInOrder;
  }

  /** The ports go only when every endpoint is gone: its mappings may still be in force. */
  private void bury(String networkId, String handle, List<HnsEndpoint> listed) {
    Set<String> known = listed.stream().map(HnsEndpoint::id).collect(Collectors.toSet());
    List<HnsEndpoint> left = present(networkId, handle);
    if (!left.stream().allMatch(endpoint -> known.contains(endpoint.id()))) {
      // another process has connected it since we looked
      return;
    }
    left.stream().map(endpoints::remove).toList().forEach(Endpoints.Removal::orThrow);
    ports.release(handle);
    leftovers.remove(handle);
    if (!left.isEmpty()) {
      log.atInfo().addKeyValue("handle", handle).log("endpoint of a dead container removed");
    }
  }

  private List<HnsEndpoint> present(String networkId, String handle) {
    return endpoints.of(networkId).stream().filter(e -> e.name().equals(handle)).toList();
  }

  /** Like {@link #run} for one container that lives; the caller holds its lock. */
  void restore(String networkId, String handle) {
    restore(networkId, handle, present(networkId, handle));
  }

  private void restore(String networkId, String handle, List<HnsEndpoint> listed) {
    leftovers.remove(handle);
    Set<Integer> held = new TreeSet<>();
    Optional<ConnectedContainer> container = known(handle);
    Optional<HnsEndpoint> own =
        container.flatMap(
            c -> listed.stream().filter(e -> e.id().equals(c.endpointId())).findFirst());
    if (container.isPresent() && own.isPresent()) {
      // what is mapped although no answer promised it goes; what was promised comes back
      rules.applyAgain(container.get(), own.get());
      container.get().ports().stream().map(PortForward::hostPort).forEach(held::add);
    } else {
      // without a file it may have gone since it was listed
      List<HnsEndpoint> present = present(networkId, handle);
      if (present.isEmpty()) {
        return;
      }
      held.addAll(ports.acquired().getOrDefault(handle, Set.of()));
      Endpoints.mappedPorts(present).values().forEach(held::addAll);
    }
    if (!held.equals(ports.acquired().getOrDefault(handle, Set.of()))) {
      ports.settle(handle, held);
    }
  }

  /** A file that cannot be read must not cost a live container what it has. */
  private Optional<ConnectedContainer> known(String handle) {
    try {
      return files.find(handle);
    } catch (GardenException unreadable) {
      log.atWarn()
          .addKeyValue("handle", handle)
          .setCause(unreadable)
          .log("rules of a container are lost, those in force stay");
      return Optional.empty();
    }
  }
}
