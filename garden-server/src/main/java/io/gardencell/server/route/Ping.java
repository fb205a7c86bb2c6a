package io.gardencell.server.route;

import io.gardencell.server.http.Answer;
import io.gardencell.server.http.Handler;
import io.gardencell.server.http.Request;
import java.util.Optional;

/**
 * Asks the backend at most once a second while it is well, since asking may look at a disk: in
 * between the answer needs no thread and cannot be delayed. A failure is never kept. Any thread.
 */
final class Ping implements Handler {

  private static final long FRESH_NANOS = 1_000_000_000L;

  private final ContainerBackend backend;
  private volatile boolean asked;
  private volatile long wellAtNanos;

  Ping(ContainerBackend backend) {
    this.backend = backend;
  }

  @Override
  public Answer handle(Request request) {
    long now = System.nanoTime();
    backend.ping();
    wellAtNanos = now;
    asked = true;
    return Answer.OK;
  }

  @Override
  public Optional<Answer> atOnce(Request request) {
    boolean fresh = asked && System.nanoTime() - wellAtNanos < FRESH_NANOS;
    return fresh ? Optional.of(Answer.OK) : Optional.empty();
  }
}
