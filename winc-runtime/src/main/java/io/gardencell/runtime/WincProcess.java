package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.api.spi.ContainerProcess;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ConsoleSignal;
import io.gardencell.hcs.HcsException;
import java.nio.channels.AsynchronousByteChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.LongFunction;

/** A process of a compute system as the server sees it. Any thread. */
public final class WincProcess implements ContainerProcess {

  private final String handle;
  private final ComputeProcess process;
  private final CompletableFuture<Long> exited;

  /**
   * Wraps a process and owns it.
   *
   * @param executor where those who wait for the end go on
   */
  public WincProcess(String handle, ComputeProcess process, Executor executor) {
    this(handle, process, executor, CompletableFuture::completedFuture);
  }

  /**
   * Wraps a process and owns it.
   *
   * @param ended what has to be done before the end is told, with the exit code
   */
  WincProcess(
      String handle,
      ComputeProcess process,
      Executor executor,
      LongFunction<CompletableFuture<Long>> ended) {
    this.handle = handle;
    this.process = process;
    this.exited = process.exited().handleAsync(this::exitCode, executor).thenCompose(ended::apply);
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public Optional<AsynchronousByteChannel> stdin() {
    return process.stdin();
  }

  @Override
  public Optional<AsynchronousByteChannel> stdout() {
    return process.stdout();
  }

  @Override
  public Optional<AsynchronousByteChannel> stderr() {
    return process.stderr();
  }

  @Override
  public boolean terminate() {
    try {
      return process.signal(ConsoleSignal.CTRL_SHUTDOWN);
    } catch (HcsException e) {
      if (e.isAlreadyStopped() || e.isNotFound()) {
        return true;
      }
      throw failed("hcs::Process::Signal", e);
    }
  }

  @Override
  public void kill() {
    try {
      process.terminate();
    } catch (HcsException e) {
      if (!e.isAlreadyStopped() && !e.isNotFound()) {
        throw failed("hcs::Process::Kill", e);
      }
    }
  }

  /** HCS gives our processes pipes, never a console, so there is nothing to resize. */
  @Override
  public void resize(int columns, int rows) {}

  @Override
  public CompletableFuture<Long> exited() {
    return exited.copy();
  }

  @Override
  public void close() {
    process.close();
  }

  private Long exitCode(Long code, Throwable failure) {
    if (failure == null) {
      return code;
    }
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof HcsException e) {
      throw failed("hcs::Process::waitBackground", e);
    }
    throw new CompletionException(cause);
  }

  private GardenException failed(String operation, HcsException e) {
    return GardenException.failure(
        "process %d in container %s encountered an error during %s: %s"
            .formatted(process.pid(), handle, operation, e.textWithEvents()),
        e);
  }
}
