package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.spi.ContainerState;
import io.gardencell.server.gardener.SavedContainer.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A container's state in memory and who is using it. Creating and destroying are exclusive, all
 * other uses are shared: a destroy refuses new ones, cancels streams and waits for the rest. Every
 * change is stored before it is seen. Any thread; no host call is made under its monitor.
 */
final class LiveContainer {

  private final Handle handle;
  private final StateFiles states;
  private SavedContainer saved;
  private boolean gone;
  private int users;
  private final List<AtomicBoolean> streams = new ArrayList<>();
  private volatile @Nullable ContainerState runtime;

  LiveContainer(Handle handle, StateFiles states, SavedContainer saved) {
    this.handle = handle;
    this.states = states;
    this.saved = saved;
  }

  Handle handle() {
    return handle;
  }

  synchronized SavedContainer saved() {
    return saved;
  }

  @Nullable ContainerState runtime() {
    return runtime;
  }

  void runtime(ContainerState state) {
    runtime = state;
  }

  /** Stores a change; nothing changes if it cannot be stored. */
  synchronized void update(UnaryOperator<SavedContainer> change) {
    if (gone) {
      throw new GardenException.ContainerNotFound(handle.value());
    }
    SavedContainer changed = change.apply(saved);
    if (!changed.equals(saved)) {
      states.write(changed);
      saved = changed;
    }
  }

  void updateProperties(int mostChars, java.util.function.Consumer<Map<String, String>> change) {
    update(
        old -> {
          Map<String, String> properties = new LinkedHashMap<>(old.properties());
          change.accept(properties);
          requireBound(properties, mostChars);
          return old.withProperties(properties);
        });
  }

  static void requireBound(Map<String, String> properties, int mostChars) {
    long chars = 0;
    for (Map.Entry<String, String> property : properties.entrySet()) {
      chars += property.getKey().length() + property.getValue().length();
    }
    if (chars > mostChars) {
      throw GardenException.failure(
          "properties: %d characters (expected: at most %d)".formatted(chars, mostChars));
    }
  }

  /** Remembers the phase even if it cannot be stored: the start finds out what is really there. */
  synchronized void phase(Phase phase) {
    SavedContainer changed = saved.withPhase(phase);
    saved = changed;
    notifyAll();
    if (!gone) {
      states.write(changed);
    }
  }

  /** Begins a use; closed when it ends. */
  synchronized Use use() {
    requireUsable();
    users++;
    return new Use();
  }

  /** Begins a stream that a destroy cancels: then the flag is set. */
  synchronized StreamUse stream() {
    requireUsable();
    AtomicBoolean cancelled = new AtomicBoolean();
    streams.add(cancelled);
    users++;
    return new StreamUse(cancelled);
  }

  private void requireUsable() {
    requireThere();
    if (saved.phase() == Phase.STUCK) {
      throw GardenException.failure("container " + handle + " is stuck: destroy it");
    }
    if (saved.phase() != Phase.CREATED) {
      throw new GardenException.ContainerNotFound(handle.value());
    }
  }

  synchronized void requireThere() {
    if (gone || saved.phase() == Phase.DESTROYING) {
      throw new GardenException.ContainerNotFound(handle.value());
    }
  }

  /** Makes the caller the only user; fails if another create or destroy is at work. */
  synchronized void beginDestroy(Duration patience) {
    if (gone) {
      throw new GardenException.ContainerNotFound(handle.value());
    }
    Phase before = saved.phase();
    if (before == Phase.DESTROYING) {
      throw GardenException.failure("container already being destroyed");
    }
    if (before == Phase.CREATING) {
      throw GardenException.failure("container " + handle + " is being created");
    }
    phase(Phase.DESTROYING);
    streams.forEach(cancelled -> cancelled.set(true));
    if (!awaitUnused(patience)) {
      phase(before);
      throw GardenException.failure(
          "container %s: %d operations do not end, not destroyed".formatted(handle, users));
    }
  }

  private synchronized boolean awaitUnused(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (users > 0) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  /** From now on nothing is stored any more. */
  synchronized void gone() {
    gone = true;
    notifyAll();
  }

  /** Something is left after all. */
  synchronized void notGone() {
    gone = false;
  }

  private synchronized void left(@Nullable AtomicBoolean stream) {
    users--;
    if (stream != null) {
      streams.remove(stream);
    }
    notifyAll();
  }

  /** A use of the container. */
  class Use implements AutoCloseable {

    private final AtomicBoolean ended = new AtomicBoolean();

    @Override
    public void close() {
      if (!ended.getAndSet(true)) {
        left(null);
      }
    }
  }

  /** A use that can be cancelled. */
  final class StreamUse implements AutoCloseable {

    private final AtomicBoolean cancelled;
    private final AtomicBoolean ended = new AtomicBoolean();

    StreamUse(AtomicBoolean cancelled) {
      this.cancelled = cancelled;
    }

    boolean isCancelled() {
      return cancelled.get();
    }

    @Override
    public void close() {
      if (!ended.getAndSet(true)) {
        left(cancelled);
      }
    }
  }
}
