package io.gardencell.server;

import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out under which address this machine is reached. */
final class ExternalAddress {

  private static final Logger log = LoggerFactory.getLogger(ExternalAddress.class);

  private ExternalAddress() {}

  /**
   * The local address of the route to the outside, as the reference finds it (localip: a datagram
   * socket connected to 1.2.3.4, over which nothing is sent); without a route, loopback.
   */
  static String detect() {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {1, 2, 3, 4}), 1));
      InetAddress local = socket.getLocalAddress();
      if (!local.isAnyLocalAddress()) {
        return local.getHostAddress();
      }
    } catch (SocketException | java.net.UnknownHostException | UncheckedIOException e) {
      log.atDebug().setCause(e).log("no route to the outside");
    }
    log.atWarn().addKeyValue("address", "127.0.0.1").log("external address not found");
    return "127.0.0.1";
  }
}
