package io.gardencell.api.spi;

import io.gardencell.api.NetOutRule;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Connects containers and changes their rules (Source: guardian: netplugin/external_networker.go;
 * winc-network).
 */
public interface NetworkPlugin {

  /**
   * Connects a container. On failure nothing is left: no endpoint, no port, no rule. There is no
   * moment in which the container has more access than its rules allow.
   */
  NetworkResult up(NetworkRequest request);

  /** Disconnects a container and gives back its ports; unknown handles are no failure. */
  void down(String handle);

  /**
   * Maps a host port to a container port of a connected container.
   *
   * @param hostPort 0 = the plugin chooses
   * @param containerPort 0 = the same as the host port
   */
  PortForward netIn(NetworkAddress container, int hostPort, int containerPort);

  /**
   * Takes back what {@link #netIn} gave, when nobody is told of it any more; a mapping or container
   * that is not there is no failure.
   */
  void undoNetIn(NetworkAddress container, PortForward mapped);

  /** Adds rules, all or none. */
  void netOut(NetworkAddress container, List<NetOutRule> rules);

  /**
   * Takes rules away that {@link #netOut} added, all or none; a rule or container that is not there
   * is no failure.
   */
  void undoNetOut(NetworkAddress container, List<NetOutRule> rules);

  /** Traffic of a container; empty if the plugin cannot tell. */
  Optional<Traffic> traffic(String handle);

  /**
   * Compares with what is really there after a restart: ports and endpoints of handles that are not
   * in the set are given back, rules and mappings of those that are stay or are applied again.
   */
  void reconcile(Set<String> liveHandles);

  /**
   * What a connected container has now; empty if the plugin keeps no record of it. With this a lost
   * state file of the server is put together again.
   */
  default Optional<NetworkRecord> connected(String handle) {
    return Optional.empty();
  }
}
