package io.gardencell.server.http;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * How to listen and what to bear.
 *
 * @param address TCP or unix address; a socket file that exists is replaced, another file never
 * @param readHeader bound for a complete header block, zero for none
 * @param idle bound for a connection without a request, and for a request whose client neither
 *     sends nor takes a byte; zero for none
 * @param stop bound for requests in flight when the server stops
 * @param bodyLimit bytes of a JSON body
 * @param threads most threads of each lane, one where none are named
 * @param waitingCalls calls that may wait for a thread of one lane
 */
public record ServerSettings(
    SocketAddress address,
    Duration readHeader,
    Duration idle,
    Duration stop,
    int bodyLimit,
    Map<Lane, Integer> threads,
    int waitingCalls) {

  /** Request line and headers together; Go's default. */
  static final int HEADER_LIMIT = 1 << 20;

  public ServerSettings {
    threads = Map.copyOf(threads);
  }

  /** What a cell runs with. */
  public static ServerSettings defaults(SocketAddress address) {
    Map<Lane, Integer> threads = new EnumMap<>(Lane.class);
    threads.put(Lane.QUERY, 4);
    threads.put(Lane.FIGURES, 4);
    threads.put(Lane.CHANGE, 32);
    threads.put(Lane.TRANSFER, 16);
    threads.put(Lane.SIGNAL, 16);
    return new ServerSettings(
        address,
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        Duration.ofSeconds(30),
        16 << 20,
        threads,
        4096);
  }

  /** Defaults on a free port of the loopback interface. */
  public static ServerSettings loopback() {
    return defaults(new InetSocketAddress("127.0.0.1", 0));
  }

  /** The same with other time bounds. */
  public ServerSettings withTimes(Duration header, Duration idling, Duration stopping) {
    return new ServerSettings(address, header, idling, stopping, bodyLimit, threads, waitingCalls);
  }

  /** The same at another address. */
  public ServerSettings at(SocketAddress other) {
    return new ServerSettings(other, readHeader, idle, stop, bodyLimit, threads, waitingCalls);
  }

  /** The same with other bounds for calls of every lane. */
  public ServerSettings withCalls(int perLane, int waiting) {
    Map<Lane, Integer> same = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.values()) {
      same.put(lane, perLane);
    }
    return new ServerSettings(address, readHeader, idle, stop, bodyLimit, same, waiting);
  }

  int threads(Lane lane) {
    return threads.getOrDefault(lane, 1);
  }
}
