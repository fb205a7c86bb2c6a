package io.gardencell.runtime;

import io.gardencell.api.spi.ContainerEvent;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the server what happened to containers. Any thread. */
final class ContainerEvents {

  private static final Logger log = LoggerFactory.getLogger(ContainerEvents.class);

  private final Set<String> outOfMemory = ConcurrentHashMap.newKeySet();
  private volatile Consumer<ContainerEvent> listener = event -> {};

  void onEvent(Consumer<ContainerEvent> newListener) {
    listener = newListener;
  }

  /** Tells that a container ran out of memory, once in its life. */
  void outOfMemory(String handle) {
    if (outOfMemory.add(handle)) {
      log.atInfo().addKeyValue("handle", handle).log("container ran out of memory");
      listener.accept(new ContainerEvent(handle, ContainerEvent.OUT_OF_MEMORY));
    }
  }

  /** Tells that a container was made without a mount. */
  void mountSkipped(String handle, String source) {
    listener.accept(
        new ContainerEvent(handle, "mount is not a directory and was ignored: " + source));
  }

  /** A container of this handle may be made again. */
  void forget(String handle) {
    outOfMemory.remove(handle);
  }
}
