package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.server.cell.Names;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The containers of the cell, in the order of their handles, from before one is made until nothing
 * of it is left; each has its handle's name for as long. Any thread.
 */
final class Containers {

  private static final Logger log = LoggerFactory.getLogger(Containers.class);

  private final Names names;
  private final long most;
  private final Object admission = new Object();
  private final ConcurrentNavigableMap<Handle, GardenContainer> known =
      new ConcurrentSkipListMap<>();

  /** At most so many are admitted, if that is more than 0. */
  Containers(Names names, long most) {
    this.names = names;
    this.most = most;
  }

  /** Takes in a container that is about to be made. */
  void admit(GardenContainer container) {
    Handle handle = container.live().handle();
    synchronized (admission) {
      if (known.containsKey(handle)) {
        throw inUse(handle);
      }
      if (most > 0 && known.size() >= most) {
        throw GardenException.failure("max containers reached");
      }
      if (!names.take(handle.value())) {
        throw inUse(handle);
      }
      known.put(handle, container);
    }
  }

  private static GardenException inUse(Handle handle) {
    return GardenException.failure("Handle '" + handle + "' already in use");
  }

  /** Takes in a container of an earlier daemon, whatever the bound is now. */
  void takeOver(GardenContainer container) {
    Handle handle = container.live().handle();
    known.put(handle, container);
    if (!names.take(handle.value())) {
      log.atError().addKeyValue("handle", handle).log("handle is the id of a process too");
    }
  }

  /** Nothing is left of it. */
  void forget(GardenContainer container) {
    Handle handle = container.live().handle();
    if (known.remove(handle, container)) {
      names.giveBack(handle.value());
    }
  }

  Optional<GardenContainer> find(Handle handle) {
    return Optional.ofNullable(known.get(handle));
  }

  /** The container; fails as Garden does if there is none. */
  GardenContainer get(Handle handle) {
    return find(handle).orElseThrow(() -> new GardenException.ContainerNotFound(handle.value()));
  }

  /** Those there are at the time one looks. */
  Collection<GardenContainer> all() {
    return known.values();
  }

  /** Their handles, live: a container that is made is in it before anything of it is there. */
  Set<String> handles() {
    return new AbstractSet<>() {
      @Override
      public boolean contains(Object handle) {
        return handle instanceof String text
            && Handle.find(text).map(known::containsKey).orElse(false);
      }

      @Override
      public Iterator<String> iterator() {
        return known.keySet().stream().map(Handle::value).iterator();
      }

      @Override
      public int size() {
        return known.size();
      }
    };
  }
}
