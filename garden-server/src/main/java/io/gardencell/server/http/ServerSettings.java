package io.gardencell.server.http;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * How to listen and what to bear.
 *
 * @param address TCP or unix address; a socket file that exists is replaced, another file never
 * @param readHeader bound for a complete header block, zero for none
 * @param idle bound for a connection without a request, zero for none
 * @param stop bound for requests in flight when the server stops
 * @param bodyLimit bytes of a JSON body
 * @param workers threads for calls that can block
 * @param waitingCalls calls that may wait for a thread
 */
public record ServerSettings(
    SocketAddress address,
    Duration readHeader,
    Duration idle,
    Duration stop,
    int bodyLimit,
    int workers,
    int waitingCalls) {

  /** Request line and headers together; Go's default. */
  static final int HEADER_LIMIT = 1 << 20;

  /** What a cell runs with. */
  public static ServerSettings defaults(SocketAddress address) {
    return new ServerSettings(
        address,
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        Duration.ofSeconds(30),
        16 << 20,
        48,
        4096);
  }

  /** Defaults on a free port of the loopback interface. */
  public static ServerSettings loopback() {
    return defaults(new InetSocketAddress("127.0.0.1", 0));
  }

  /** The same with other time bounds. */
  public ServerSettings withTimes(Duration header, Duration idling, Duration stopping) {
    return new ServerSettings(address, header, idling, stopping, bodyLimit, workers, waitingCalls);
  }
}
