package io.gardencell.server.cell;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.spi.ContainerState;
import io.gardencell.server.depot.Depot;
import io.gardencell.server.depot.SavedContainer;
import io.gardencell.server.depot.SavedContainer.Phase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A container's state in memory and who is using it. Creating, destroying and taking up after a
 * restart are exclusive, all other uses are shared: a destroy refuses new ones, cancels streams and
 * waits a while for the rest. Every change is stored before it is seen. Any thread; no host call is
 * made under its monitor.
 */
public final class LiveContainer {

  private static final Logger log = LoggerFactory.getLogger(LiveContainer.class);

  private final Handle handle;
  private final Depot depot;
  private SavedContainer saved;
  private boolean gone;
  private boolean takenUp = true;
  private boolean takingUp;
  private int users;
  private final List<StreamUse> streams = new ArrayList<>();
  private volatile @Nullable ContainerState runtime;

  public LiveContainer(Handle handle, Depot depot, SavedContainer saved) {
    this.handle = handle;
    this.depot = depot;
    this.saved = saved;
  }

  public Handle handle() {
    return handle;
  }

  public synchronized SavedContainer saved() {
    return saved;
  }

  /** It runs. */
  public void runtime(ContainerState state) {
    runtime = state;
  }

  /** The directory of its root file system; fails unless it runs. */
  public Path root() {
    ContainerState state = runtime;
    if (state == null) {
      throw GardenException.failure("container init process is not running");
    }
    return state.root();
  }

  /** Stores a change; nothing changes if it cannot be stored. */
  public synchronized void update(UnaryOperator<SavedContainer> change) {
    if (gone) {
      throw new GardenException.ContainerNotFound(handle.value());
    }
    SavedContainer changed = change.apply(saved);
    if (!changed.equals(saved)) {
      depot.write(changed);
      saved = changed;
    }
  }

  public void updateProperties(int mostChars, Consumer<Map<String, String>> change) {
    update(
        old -> {
          Map<String, String> properties = new LinkedHashMap<>(old.properties());
          change.accept(properties);
          requireBound(properties, mostChars);
          return old.withProperties(properties);
        });
  }

  public static void requireBound(Map<String, String> properties, int mostChars) {
    long chars = 0;
    for (Map.Entry<String, String> property : properties.entrySet()) {
      chars += property.getKey().length() + property.getValue().length();
    }
    if (chars > mostChars) {
      throw GardenException.failure(
          "properties: %d characters (expected: at most %d)".formatted(chars, mostChars));
    }
  }

  /** Stores the state as it is: the first thing that is left of a container. */
  public synchronized void begin() {
    depot.write(saved);
  }

  /**
   * From now on it can only be destroyed. True in memory even if it cannot be stored: the next
   * start treats what is then in the file, half made or half destroyed, the same way.
   */
  public synchronized void stuck() {
    gone = false;
    remember(Phase.STUCK);
    notifyAll();
  }

  private void remember(Phase phase) {
    saved = saved.withPhase(phase);
    try {
      depot.write(saved);
    } catch (GardenException e) {
      log.atError()
          .addKeyValue("handle", handle)
          .addKeyValue("phase", phase)
          .setCause(e)
          .log("phase not stored");
    }
  }

  /** Begins a use; closed when it ends. */
  public synchronized Use use() {
    requireUsable();
    users++;
    return new Use();
  }

  /** Begins a stream that a destroy cancels: then {@code cancel} is called too, on its thread. */
  public synchronized StreamUse stream(Runnable cancel) {
    requireUsable();
    users++;
    StreamUse use = new StreamUse(cancel);
    streams.add(use);
    return use;
  }

  /** Fails if it may not be used now. */
  public synchronized void requireUsable() {
    requireThere();
    if (saved.phase() == Phase.STUCK) {
      throw GardenException.failure("container " + handle + " is stuck: destroy it");
    }
    if (saved.phase() != Phase.CREATED) {
      throw new GardenException.ContainerNotFound(handle.value());
    }
    if (!takenUp) {
      throw new GardenException.ServiceUnavailable(
          "container " + handle + " is being taken up after a restart");
    }
  }

  public synchronized void requireThere() {
    if (gone || saved.phase() == Phase.DESTROYING) {
      throw new GardenException.ContainerNotFound(handle.value());
    }
  }

  /** Whether it is there and may be used. */
  public synchronized boolean isUsable() {
    return !gone && saved.phase() == Phase.CREATED;
  }

  /** Refuses uses until {@link #takenUp}. */
  public synchronized void awaitTakeUp() {
    takenUp = false;
  }

  /** Begins to take it up; false if it is being destroyed or gone. */
  public synchronized boolean beginTakeUp() {
    takingUp = !gone && saved.phase() == Phase.CREATED;
    return takingUp;
  }

  /** Ends an attempt to take it up; only a last one opens it for use. */
  public synchronized void endTakeUp(boolean last) {
    takingUp = false;
    takenUp |= last;
    notifyAll();
  }

  /**
   * Makes the caller the only one to change the container; fails if another create, destroy or
   * take-up is at work. Operations that hang are waited for only so long: ending their container is
   * what may free them.
   */
  public synchronized void beginDestroy(Duration patience) {
    if (gone) {
      throw new GardenException.ContainerNotFound(handle.value());
    }
    if (saved.phase() == Phase.DESTROYING) {
      throw GardenException.failure("container already being destroyed");
    }
    if (saved.phase() == Phase.CREATING) {
      throw GardenException.failure("container " + handle + " is being created");
    }
    if (takingUp) {
      throw GardenException.failure(
          "container " + handle + " is being taken up after a restart, try again");
    }
    remember(Phase.DESTROYING);
    List.copyOf(streams).forEach(StreamUse::cancel);
    if (!new Patience(patience).until(this, () -> users == 0)) {
      log.atWarn()
          .addKeyValue("handle", handle)
          .addKeyValue("operations", users)
          .log("destroying although operations do not end");
    }
  }

  /** From now on nothing is stored any more. */
  public synchronized void gone() {
    gone = true;
    notifyAll();
  }

  private synchronized void left(Use use) {
    users--;
    streams.remove(use);
    notifyAll();
  }

  /** A use of the container. */
  public class Use implements AutoCloseable {

    private final AtomicBoolean ended = new AtomicBoolean();

    private Use() {}

    @Override
    public final void close() {
      if (!ended.getAndSet(true)) {
        left(this);
      }
    }
  }

  /** A use that can be cancelled. */
  public final class StreamUse extends Use {

    private final Runnable onCancel;
    private volatile boolean cancelled;

    private StreamUse(Runnable onCancel) {
      this.onCancel = onCancel;
    }

    private void cancel() {
      cancelled = true;
      onCancel.run();
    }

    public boolean isCancelled() {
      return cancelled;
    }
  }
}
