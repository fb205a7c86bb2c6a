package io.gardencell.hcs;

import io.gardencell.hcs.document.ProcessProperties;
import java.nio.channels.AsynchronousByteChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A handle to a process in a compute system. Closing it ends neither the process nor reads that are
 * under way on its channels; each channel is closed by itself.
 *
 * <p>The channels are the process's pipes: a read that is not asked for leaves the bytes in the
 * pipe, which in the end blocks the writer, so back-pressure is the reader's pace. One operation at
 * a time and direction; a read gives -1 at the end of the stream. Direct buffers are filled without
 * a copy. Completion handlers run on the host's I/O thread and must not block.
 */
public interface ComputeProcess extends AutoCloseable {

  /** The pid on the host. */
  long pid();

  /**
   * Writing end of the process's stdin. Closing the channel is the end of input: the process sees
   * EOF (and HCS is told, hcsshim: internal/hcs/process.go CloseStdin).
   */
  Optional<AsynchronousByteChannel> stdin();

  /** Reading end of the process's stdout. */
  Optional<AsynchronousByteChannel> stdout();

  /** Reading end of the process's stderr. */
  Optional<AsynchronousByteChannel> stderr();

  /** Ends the process at once; one that has ended, or is about to, is no failure. */
  void terminate();

  /**
   * Delivers a console control event.
   *
   * @return false if this host or build does not support it
   */
  boolean signal(ConsoleSignal signal);

  /** Exit code and other facts; valid while the handle is open, after the end too. */
  ProcessProperties properties();

  /**
   * Completes with the exit code (unsigned 32 bits in a long) when the process has ended, with
   * 0xFFFFFFFF if the host could not find out how; exceptionally when the handle was closed or the
   * service was lost. Completed on a thread of the host that must not be blocked.
   */
  CompletableFuture<Long> exited();

  @Override
  void close();
}
