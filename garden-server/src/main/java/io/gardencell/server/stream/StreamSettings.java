package io.gardencell.server.stream;

import java.time.Duration;

/**
 * Bounds of the stream engine.
 *
 * @param overflow what happens when a reader is too slow
 * @param eofOnDisconnect whether the process sees the end of its input when the last client that
 *     had it open disconnects
 */
public record StreamSettings(
    Bounds bounds, Times times, Overflow overflow, boolean eofOnDisconnect) {

  /**
   * How much is kept.
   *
   * @param queueBytes most bytes one output queue holds while a reader is connected; when they are
   *     there, the process's pipe is not read any more
   * @param ringBytes most bytes one output queue holds while nobody reads it; older ones are
   *     dropped
   * @param stdinBytes unread input of one process, from which its control connections are not read
   * @param totalBytes of all streams together; beyond it each gets by with 64 KiB
   * @param clients most clients of one process, and most streams of clients that went which are
   *     kept
   */
  public record Bounds(
      int queueBytes, int ringBytes, int stdinBytes, long totalBytes, int clients) {

    private static final int WIDE = 8;

    public Bounds {
      positive("queue bytes", queueBytes);
      positive("ring bytes", ringBytes);
      positive("stdin bytes", stdinBytes);
      positive("total bytes", totalBytes);
      positive("clients", clients);
    }

    /**
     * Most bytes of one output queue whose reader takes nothing while it takes all of the other
     * output, as long as all streams together hold less than half of their total.
     */
    int wideBytes() {
      return (int) Math.min(Integer.MAX_VALUE, (long) WIDE * queueBytes);
    }

    private static void positive(String name, long value) {
      if (value <= 0) {
        throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
      }
    }
  }

  /**
   * How long is waited.
   *
   * @param firstReader how long a full queue holds the process back for its first reader to come
   * @param retention how long output stays readable after the end
   * @param orphanedPipe how long a pipe may stay silent after the exit before it is given up: a
   *     child of the process may hold it open for ever
   * @param stalledReader how long a full queue holds the process back for a client that takes
   *     nothing of it but all of the other output; some read stderr only when stdout has ended
   */
  public record Times(
      Duration firstReader, Duration retention, Duration orphanedPipe, Duration stalledReader) {

    /** The same with another time for readers that take nothing. */
    public Times withStalledReader(Duration time) {
      return new Times(firstReader, retention, orphanedPipe, time);
    }
  }

  /** What happens to output for which there is no room. */
  public enum Overflow {
    /** The process waits: nothing is lost. */
    BLOCK,
    /** New output is dropped, as the reference does (garden: server/streamer). */
    DROP
  }

  /** What a cell runs with. */
  public static StreamSettings defaults() {
    return new StreamSettings(
        new Bounds(4 << 20, 1 << 20, 8 << 20, 64L << 20, 64),
        new Times(
            Duration.ofSeconds(2),
            Duration.ofMinutes(1),
            Duration.ofSeconds(8),
            Duration.ofMinutes(1)),
        Overflow.BLOCK,
        true);
  }

  /** The same with another overflow policy. */
  public StreamSettings withOverflow(Overflow policy) {
    return new StreamSettings(bounds, times, policy, eofOnDisconnect);
  }

  /** The same with another policy for the end of input. */
  public StreamSettings withEofOnDisconnect(boolean eof) {
    return new StreamSettings(bounds, times, overflow, eof);
  }

  /** The same with other bounds. */
  public StreamSettings with(Bounds other) {
    return new StreamSettings(other, times, overflow, eofOnDisconnect);
  }

  /** The same with other waiting times. */
  public StreamSettings with(Times other) {
    return new StreamSettings(bounds, other, overflow, eofOnDisconnect);
  }
}
