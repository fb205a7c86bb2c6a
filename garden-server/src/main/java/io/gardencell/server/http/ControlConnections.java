package io.gardencell.server.http;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The control sockets that are open, for the end of the server. Any thread. */
public final class ControlConnections {

  private final Set<ControlConnection> open = ConcurrentHashMap.newKeySet();
  private volatile boolean stopping;

  void add(ControlConnection connection) {
    open.add(connection);
    if (stopping) {
      connection.detach();
    }
  }

  void remove(ControlConnection connection) {
    open.remove(connection);
  }

  /** How many clients wait for processes. */
  public int count() {
    return open.size();
  }

  void detachAll() {
    stopping = true;
    open.forEach(ControlConnection::detach);
  }
}
