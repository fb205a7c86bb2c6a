package io.gardencell.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was opened, closed in reverse; what does not close is logged and keeps nothing else open.
 */
final class CloseStack implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(CloseStack.class);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  void push(AutoCloseable next) {
    opened.push(next);
  }

  // The last frame of a life: whatever one thing throws, the others are still to be closed.
  @SuppressWarnings("checkstyle:IllegalCatch")
  @Override
  public void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        log.atWarn().setCause(e).log("not closed cleanly");
      }
    }
  }
}
