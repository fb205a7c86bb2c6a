package io.gardencell.network.port;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Which TCP ports the host itself uses; any thread. */
public final class ListeningPorts {

  private ListeningPorts() {}

  /** Whether somebody listens on the port, on any address. */
  public static boolean isListening(int port) {
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
