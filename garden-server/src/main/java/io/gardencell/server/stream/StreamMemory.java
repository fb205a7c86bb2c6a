package io.gardencell.server.stream;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of all streams together. While there are few, each queue may hold what its own bound
 * says; beyond a total each must do with little, so that a thousand processes that nobody reads
 * cost no more than the total and that little each. Any thread.
 */
final class StreamMemory {

  private static final int LITTLE = 64 << 10;

  private final long total;
  private final AtomicLong held = new AtomicLong();

  StreamMemory(long total) {
    this.total = total;
  }

  /** A queue holds so many bytes more, or fewer. */
  void add(long bytes) {
    held.addAndGet(bytes);
  }

  /** How much of its own bound a queue may use now. */
  int share(int bound) {
    return held.get() < total ? bound : Math.min(bound, LITTLE);
  }

  /** Whether much more than usual may wait somewhere without harm to the others. */
  boolean isAmple() {
    return held.get() < total / 2;
  }

  /** Bytes that wait for readers or for processes. */
  long held() {
    return held.get();
  }
}
