package io.gardencell.network;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Which TCP ports the host itself uses; any thread. */
final class ListeningPorts {

  private ListeningPorts() {}

  /** Whether somebody listens on the port, on any address. */
  static boolean isListening(int port) {
    try (ServerSocket probe = new ServerSocket()) {
      // a connection that has just ended must not make the port look taken
      probe.setReuseAddress(!System.getProperty("os.name", "").startsWith("Windows"));
      probe.bind(new InetSocketAddress(port));
      return false;
    } catch (IOException taken) {
      return true;
    }
  }
}
