package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has to be undone if a later step fails, newest first. One thread.
 *
 * <p>Each step is pushed as soon as what it undoes exists; {@link #release()} makes it all stay.
 */
public final class CloseStack {

  private final Deque<Step> steps = new ArrayDeque<>();

  void push(String what, Runnable undo) {
    steps.push(new Step(what, undo));
  }

  void release() {
    steps.clear();
  }

  /** Undoes everything and gives the failure to throw: the given one, plus what could not be. */
  public GardenException undo(GardenException failure) {
    StringBuilder left = new StringBuilder();
    while (!steps.isEmpty()) {
      Step step = steps.pop();
      try {
        step.undo.run();
      } catch (GardenException | HcsException e) {
        failure.addSuppressed(e);
        left.append("; could not ").append(step.what).append(": ").append(e.getMessage());
      }
    }
    if (left.length() == 0) {
      return failure;
    }
    GardenException both = GardenException.failure(failure.getMessage() + left, failure);
    return both;
  }

  private record Step(String what, Runnable undo) {}
}
