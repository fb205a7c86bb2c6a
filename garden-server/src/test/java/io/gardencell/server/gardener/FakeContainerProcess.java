package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import io.gardencell.api.spi.ContainerProcess;
import java.nio.channels.AsynchronousByteChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A process without pipes; {@link #exit} ends it. */
final class FakeContainerProcess implements ContainerProcess {

  final CompletableFuture<Long> exit;
  final CompletableFuture<Void> asked = new CompletableFuture<>();
  final CompletableFuture<Void> killed = new CompletableFuture<>();
  private final long pid;

  /** Status with which it ends when it is asked; negative for never, or when it is killed. */
  volatile long statusWhenAsked = -1;

  volatile long statusWhenKilled = 137;

  volatile boolean killFails;

  FakeContainerProcess(long pid) {
    this(pid, new CompletableFuture<>());
  }

  private FakeContainerProcess(long pid, CompletableFuture<Long> exit) {
    this.pid = pid;
    this.exit = exit;
  }

  /** Another handle to the same process. */
  FakeContainerProcess again() {
    return new FakeContainerProcess(pid, exit);
  }

  @Override
  public long pid() {
    return pid;
  }

  @Override
  public Optional<AsynchronousByteChannel> stdin() {
    return Optional.empty();
  }

  @Override
  public Optional<AsynchronousByteChannel> stdout() {
    return Optional.empty();
  }

  @Override
  public Optional<AsynchronousByteChannel> stderr() {
    return Optional.empty();
  }

  @Override
  public boolean terminate() {
    asked.complete(null);
    if (statusWhenAsked >= 0) {
      exit.complete(statusWhenAsked);
    }
    return true;
  }

  @Override
  public void kill() {
    if (killFails) {
      throw GardenException.failure("kill failed");
    }
    killed.complete(null);
    if (statusWhenKilled >= 0) {
      exit.complete(statusWhenKilled);
    }
  }

  @Override
  public void resize(int columns, int rows) {}

  @Override
  public CompletableFuture<Long> exited() {
    return exit.copy();
  }

  @Override
  public void close() {}
}
