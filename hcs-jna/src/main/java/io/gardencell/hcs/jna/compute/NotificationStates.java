package io.gardencell.hcs.jna.compute;

import io.gardencell.hcs.HcsException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What has been notified on one handle: a state per type, not a queue, so every present and future
 * waiter sees it and a duplicate does no harm. Any thread.
 */
final class NotificationStates {

  private final String name;
  private final Map<Integer, CompletableFuture<Notice>> byType = new HashMap<>();
  private @Nullable HcsException failure;

  NotificationStates(String name) {
    this.name = name;
  }

  /** What the handle is of, for messages. */
  String name() {
    return name;
  }

  /** Completes when a notification of this type has come, or exceptionally when none can come. */
  synchronized CompletableFuture<Notice> of(int type) {
    CompletableFuture<Notice> state = byType.computeIfAbsent(type, t -> new CompletableFuture<>());
    if (failure != null) {
      state.completeExceptionally(failure);
    }
    return state;
  }

  void complete(int type, int status, String data) {
    of(type).complete(new Notice(status, data));
  }

  /** Nothing comes any more: all waiters, and those still to come, fail. The first cause stays. */
  void fail(HcsException cause) {
    Map<Integer, CompletableFuture<Notice>> waiting;
    synchronized (this) {
      if (failure != null) {
        return;
      }
      failure = cause;
      waiting = new HashMap<>(byType);
    }
    waiting.values().forEach(state -> state.completeExceptionally(cause));
  }

  /** A notification: its HRESULT and its document, which may be empty. */
  record Notice(int status, String data) {}
}
