package io.gardencell.api.spi;

import java.nio.channels.AsynchronousByteChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A process in a container. Its channels are its pipes: bytes that are not read stay in the pipe
 * and in the end block the process, so the reader's pace is the back-pressure. One operation at a
 * time and channel; completion handlers run on an I/O thread, or on the caller's before the call
 * returns when bytes are there, and must not block.
 *
 * <p>Whoever got the object closes each channel and then the object; closing ends neither the
 * process nor other handles to it.
 */
public interface ContainerProcess extends AutoCloseable {

  /** Pid on the host. */
  long pid();

  /** Writing end of stdin; closing it is the end of input. Empty if it cannot be had any more. */
  Optional<AsynchronousByteChannel> stdin();

  /** Reading end of stdout; -1 at its end. */
  Optional<AsynchronousByteChannel> stdout();

  /** Reading end of stderr; -1 at its end. */
  Optional<AsynchronousByteChannel> stderr();

  /**
   * Asks the process to end, as gracefully as the host can.
   *
   * @return false if the host has no such signal; the caller may kill instead
   */
  boolean terminate();

  /** Ends the process at once; one that has ended is no failure. */
  void kill();

  /** Sets the window size; without effect where there is no terminal. */
  void resize(int columns, int rows);

  /**
   * Completes with the exit code, unsigned 32 bits; exceptionally if how it ended cannot be known.
   * Completed on a thread that must not be blocked.
   */
  CompletableFuture<Long> exited();

  @Override
  void close();
}
