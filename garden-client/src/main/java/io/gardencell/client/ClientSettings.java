package io.gardencell.client;

import java.net.SocketAddress;
import java.time.Duration;

/**
 * How a client reaches its server.
 *
 * @param address TCP or unix address
 * @param connect bound for connecting
 * @param silence how long the server may send nothing, or take nothing, in a call or a file
 *     transfer; zero for ever. The streams of processes have no such bound: a process may be silent
 * @param requestId sent as {@code X-Vcap-Request-Id} with every call, empty for none
 */
public record ClientSettings(
    SocketAddress address, Duration connect, Duration silence, String requestId) {

  public ClientSettings {
    if (connect.isNegative() || silence.isNegative()) {
      throw new IllegalArgumentException(
          "connect %s, silence %s (expected: not negative)".formatted(connect, silence));
    }
    if (requestId.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new IllegalArgumentException("request id (expected: printable ASCII)");
    }
  }

  /** Two seconds to connect, as the reference client; three minutes of silence. */
  public static ClientSettings of(SocketAddress address) {
    return new ClientSettings(address, Duration.ofSeconds(2), Duration.ofMinutes(3), "");
  }

  /** The same with other bounds. */
  public ClientSettings withTimes(Duration connecting, Duration silent) {
    return new ClientSettings(address, connecting, silent, requestId);
  }

  /** The same with a request id. */
  public ClientSettings withRequestId(String id) {
    return new ClientSettings(address, connect, silence, id);
  }
}
