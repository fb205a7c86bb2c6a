package io.gardencell.server.http;

import java.util.Optional;

/**
 * Turns a request into an answer, on a thread of its lane; may block and throw GardenExceptions.
 */
@FunctionalInterface
public interface Handler {

  /** Handles one request. */
  Answer handle(Request request);

  /**
   * The answer if it is known without waiting for anything; then no thread is needed. Runs on the
   * event loop: must not block, and throws nothing.
   */
  default Optional<Answer> atOnce(Request request) {
    return Optional.empty();
  }
}
