package io.gardencell.network;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Undoes the steps of a block, last first, unless the block says that it is complete; for
 * try-with-resources, so that a failure of the undo is attached to the failure that made it
 * necessary. An undo that fails ends the row: the earlier ones rely on it. One thread.
 */
final class Rollback implements AutoCloseable {

  private final Deque<Runnable> undos = new ArrayDeque<>();

  /** Tells how to undo the step that comes next, whether or not it gets to its end. */
  void push(Runnable undo) {
    undos.push(undo);
  }

  /** From here on there is nothing to undo. */
  void complete() {
    undos.clear();
  }

  @Override
  public void close() {
    while (!undos.isEmpty()) {
      undos.pop().run();
    }
  }
}
