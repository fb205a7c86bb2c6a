package io.gardencell.server.route;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.server.grace.GraceTimers;
import io.gardencell.server.http.Answer;
import io.gardencell.server.http.Lane;
import io.gardencell.server.http.Request;
import io.gardencell.server.http.Router;
import java.io.IOException;
import java.io.OutputStream;

/** Files in and out, as tar streams. */
final class FileRoutes implements RouteGroup {

  private static final String FILES = "/containers/:handle/files";

  private final Held held;

  FileRoutes(Held held) {
    this.held = held;
  }

  @Override
  public void addTo(Router router) {
    router
        .addStreaming("stream-in", Lane.TRANSFER, "PUT", FILES, held.handler(this::in))
        .add("stream-out", Lane.TRANSFER, "GET", FILES, this::out);
  }

  private Answer in(BackendContainer container, Request request) {
    try {
      container.streamIn(request.query("user"), request.query("destination"), request.stream());
      // What follows the archive belongs to the body too: it must arrive before the answer is true.
      request.stream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw GardenException.failure("stream-in: " + e.getMessage(), e);
    }
    return Answer.OK;
  }

  // The hold and the source are the answer's, which closes both; a failure before closes them here.
  private Answer out(Request request) {
    Handle handle = Held.handle(request);
    GraceTimers.Hold hold = held.hold(handle);
    boolean done = false;
    try {
      BackendContainer.FileSource source =
          held.container(handle).streamOut(request.query("user"), request.query("source"));
      done = true;
      return new Answer.Streamed("application/x-tar", new HeldSource(source, hold));
    } finally {
      if (!done) {
        hold.close();
      }
    }
  }

  private record HeldSource(BackendContainer.FileSource source, GraceTimers.Hold hold)
      implements Answer.Body {

    @Override
    public void writeTo(OutputStream out) throws IOException {
      source.writeTo(out);
    }

    @Override
    public void close() {
      try (hold) {
        source.close();
      }
    }
  }
}
