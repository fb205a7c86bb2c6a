package io.gardencell.server.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections that processes' clients have open, for the end of the server. Any thread. */
public final class HijackedConnections {

  private static final Logger log = LoggerFactory.getLogger(HijackedConnections.class);

  /** A reader that takes nothing for so long does not hold up the end of the server. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Set<ControlConnection> controls = ConcurrentHashMap.newKeySet();
  private final Set<OutputConnection> outputs = ConcurrentHashMap.newKeySet();
  private final Object change = new Object();
  private volatile boolean stopping;

  void add(ControlConnection connection) {
    controls.add(connection);
    if (stopping) {
      connection.detach();
    }
  }

  void remove(ControlConnection connection) {
    controls.remove(connection);
    changed();
  }

  void add(OutputConnection connection) {
    outputs.add(connection);
  }

  void remove(OutputConnection connection) {
    outputs.remove(connection);
    changed();
  }

  private void changed() {
    synchronized (change) {
      change.notifyAll();
    }
  }

  /** How many clients wait for processes. */
  public int controls() {
    return controls.size();
  }

  /** How many clients read output. */
  public int outputs() {
    return outputs.size();
  }

  void detachAll() {
    stopping = true;
    controls.forEach(ControlConnection::detach);
  }

  /**
   * Waits until the readers have what their queues hold: to the end at most, and no longer than
   * they keep taking bytes.
   */
  void awaitDrained(long endNanos) {
    long before = -1;
    long waiting = waitingBytes();
    while (!outputs.isEmpty() && waiting != before && System.nanoTime() - endNanos < 0) {
      before = waiting;
      await(outputs::isEmpty, Math.min(endNanos, System.nanoTime() + PATIENCE.toNanos()));
      waiting = waitingBytes();
    }
    if (!outputs.isEmpty()) {
      log.atInfo().addKeyValue("readers", outputs.size()).log("output readers cut at stop");
    }
  }

  private long waitingBytes() {
    return outputs.stream().mapToLong(OutputConnection::waitingBytes).sum();
  }

  /** Waits until so many clients wait for processes; false if there are others after that time. */
  public boolean awaitControls(int count, Duration patience) {
    return await(() -> controls.size() == count, System.nanoTime() + patience.toNanos());
  }

  private boolean await(BooleanSupplier wanted, long untilNanos) {
    synchronized (change) {
      long left = TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime());
      while (!wanted.getAsBoolean() && left > 0) {
        try {
          change.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
        left = TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime());
      }
    }
    return wanted.getAsBoolean();
  }
}
