package io.gardencell.server.cell;

import io.gardencell.api.GardenException;
import java.util.ArrayList;
import java.util.List;

/** What failed of steps that are all tried, whatever becomes of the others. One thread. */
public final class Failures {

  private final List<String> texts = new ArrayList<>();

  /** Tries a step; false if it failed. */
  // Whatever a plugin throws, the other steps are still tried.
  @SuppressWarnings("checkstyle:IllegalCatch")
  public boolean attempt(Runnable step) {
    try {
      step.run();
      return true;
    } catch (RuntimeException e) {
      add(reason(e));
      return false;
    }
  }

  public void add(String text) {
    texts.add(text);
  }

  public boolean isEmpty() {
    return texts.isEmpty();
  }

  /** One for each failure, the oldest first. */
  public List<String> texts() {
    return List.copyOf(texts);
  }

  /** All of them, as the reference words gathered failures (hashicorp: go-multierror). */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(texts.size() == 1 ? "1 error occurred:\n" : texts.size() + " errors occurred:\n");
    texts.forEach(failure -> text.append("\t* ").append(failure).append('\n'));
    return text.append('\n').toString();
  }

  /** Fails with all of them, if there is one. */
  public void orThrow() {
    if (!texts.isEmpty()) {
      throw GardenException.failure(text());
    }
  }

  /** What a failure says, or what it is if it says nothing. */
  public static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }
}
