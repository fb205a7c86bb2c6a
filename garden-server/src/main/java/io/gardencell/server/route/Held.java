package io.gardencell.server.route;

import io.gardencell.api.Handle;
import io.gardencell.server.grace.GraceTimers;
import io.gardencell.server.http.Answer;
import io.gardencell.server.http.Handler;
import io.gardencell.server.http.Request;

/** Looks containers up for requests, and keeps their grace time from running meanwhile. */
final class Held {

  private final ContainerBackend backend;
  private final GraceTimers timers;

  Held(ContainerBackend backend, GraceTimers timers) {
    this.backend = backend;
    this.timers = timers;
  }

  /** What a route does with its container. */
  @FunctionalInterface
  interface Use {
    Answer with(BackendContainer container, Request request);
  }

  static Handle handle(Request request) {
    return Handle.known(request.parameter("handle"));
  }

  /** A handler that holds the container until it has its answer. */
  Handler handler(Use use) {
    return request -> {
      Handle handle = handle(request);
      try (GraceTimers.Hold hold = timers.hold(handle)) {
        return use.with(backend.get(handle), request);
      }
    };
  }

  Answer metrics(Request request) {
    Handle handle = handle(request);
    try (GraceTimers.Hold hold = timers.hold(handle)) {
      return Answer.json(backend.metrics(handle));
    }
  }

  GraceTimers.Hold hold(Handle handle) {
    return timers.hold(handle);
  }

  BackendContainer container(Handle handle) {
    return backend.get(handle);
  }
}
