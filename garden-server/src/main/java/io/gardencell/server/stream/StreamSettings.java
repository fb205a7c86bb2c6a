package io.gardencell.server.stream;

import java.time.Duration;

/**
 * Bounds of the stream engine.
 *
 * @param queueBytes most bytes one output queue holds while a reader is connected; when they are
 *     there, the process's pipe is not read any more
 * @param ringBytes most bytes one output queue holds while nobody reads it; older ones are dropped
 * @param stdinBytes unread input of one process, from which its control connections are not read
 * @param firstReader how long a full queue holds the process back for its first reader to come
 * @param retention how long output stays readable after the end
 * @param orphanedPipe how long a pipe may stay silent after the exit before it is given up: a child
 *     of the process may hold it open for ever
 * @param overflow what happens when a reader is too slow
 * @param eofOnDisconnect whether the process sees the end of its input when the last client that
 *     had it open disconnects
 */
public record StreamSettings(
    int queueBytes,
    int ringBytes,
    int stdinBytes,
    Duration firstReader,
    Duration retention,
    Duration orphanedPipe,
    Overflow overflow,
    boolean eofOnDisconnect) {

  /** What happens to output for which there is no room. */
  public enum Overflow {
    /** The process waits: nothing is lost. */
    BLOCK,
    /** New output is dropped, as the reference does (garden: server/streamer). */
    DROP
  }

  public StreamSettings {
    positive("queue bytes", queueBytes);
    positive("ring bytes", ringBytes);
    positive("stdin bytes", stdinBytes);
  }

  /** What a cell runs with. */
  public static StreamSettings defaults() {
    return new StreamSettings(
        1 << 20,
        1 << 20,
        8 << 20,
        Duration.ofSeconds(2),
        Duration.ofMinutes(1),
        Duration.ofSeconds(10),
        Overflow.BLOCK,
        true);
  }

  /** The same with another overflow policy. */
  public StreamSettings withOverflow(Overflow policy) {
    return new StreamSettings(
        queueBytes,
        ringBytes,
        stdinBytes,
        firstReader,
        retention,
        orphanedPipe,
        policy,
        eofOnDisconnect);
  }

  /** The same with another policy for the end of input. */
  public StreamSettings withEofOnDisconnect(boolean eof) {
    return new StreamSettings(
        queueBytes, ringBytes, stdinBytes, firstReader, retention, orphanedPipe, overflow, eof);
  }

  /** The same with other waiting times. */
  public StreamSettings withTimes(Duration reader, Duration kept, Duration orphaned) {
    return new StreamSettings(
        queueBytes, ringBytes, stdinBytes, reader, kept, orphaned, overflow, eofOnDisconnect);
  }

  private static void positive(String name, int value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }
}
