package io.gardencell.server.http;

/** Turns a request into an answer, on a worker thread; may block and throw GardenExceptions. */
@FunctionalInterface
public interface Handler {

  /** Handles one request. */
  Answer handle(Request request);
}
