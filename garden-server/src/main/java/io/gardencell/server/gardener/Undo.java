package io.gardencell.server.gardener;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Steps that take back what was done, registered before it is done. One thread. */
final class Undo {

  private final Deque<Runnable> steps = new ArrayDeque<>();

  void push(Runnable step) {
    steps.push(step);
  }

  /** Runs all steps, the last one first; the texts of those that failed. */
  List<String> run() {
    List<String> failures = new ArrayList<>();
    while (!steps.isEmpty()) {
      attempt(steps.pop(), failures);
    }
    return failures;
  }

  // Whatever a plugin throws, the other steps are still tried.
  @SuppressWarnings("checkstyle:IllegalCatch")
  static boolean attempt(Runnable step, List<String> failures) {
    try {
      step.run();
      return true;
    } catch (RuntimeException e) {
      failures.add(HostCalls.text(e));
      return false;
    }
  }

  /** The reference's text for gathered failures (hashicorp: go-multierror). */
  static String text(List<String> failures) {
    StringBuilder text = new StringBuilder();
    text.append(
        failures.size() == 1 ? "1 error occurred:\n" : failures.size() + " errors occurred:\n");
    failures.forEach(failure -> text.append("\t* ").append(failure).append('\n'));
    return text.append('\n').toString();
  }
}
