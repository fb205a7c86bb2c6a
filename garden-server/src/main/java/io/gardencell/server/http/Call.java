package io.gardencell.server.http;

import io.gardencell.api.GardenException;
import io.gardencell.server.log.LogSession;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a thread of a lane does for one request: runs the handler, and turns whatever comes of it
 * into an answer. Log lines meanwhile carry the request's name, number and trace.
 */
final class Call implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Call.class);

  private final Exchange exchange;
  private final Router.Route route;
  private final Request request;
  private final String requestId;

  Call(Exchange exchange, Router.Route route, Request request, String requestId) {
    this.exchange = exchange;
    this.route = route;
    this.request = request;
    this.requestId = requestId;
  }

  @Override
  public void run() {
    try (LogSession session = LogSession.ofRequest(route.name())) {
      String handle = request.parameters().get("handle");
      if (handle != null) {
        session.with(handle);
      }
      Trace.of(requestId).ifPresent(Trace::enter);
      Answer answer = handled();
      if (answer instanceof Answer.Streamed streamed) {
        stream(streamed);
      } else {
        exchange.deliver(answer);
      }
    }
  }

  // The outermost frame of a worker: a handler's failure of any kind becomes an answer.
  @SuppressWarnings("checkstyle:IllegalCatch")
  private Answer handled() {
    try {
      return route.handler().handle(request);
    } catch (RuntimeException | Error e) {
      return failed(e);
    }
  }

  private static Answer failed(Throwable failure) {
    if (failure instanceof GardenException told) {
      // A client that asks for a process that has ended is no event.
      if (!(told instanceof GardenException.ProcessNotFound)) {
        log.atInfo().addKeyValue("error", told.loggable()).log("failed");
      }
      return Answer.error(told);
    }
    log.atError().setCause(failure).log("handler broke");
    return Answer.internalError(failure);
  }

  // On the same outermost frame.
  @SuppressWarnings("checkstyle:IllegalCatch")
  private void stream(Answer.Streamed answer) {
    StreamedBody out = exchange.open(answer.contentType());
    Optional<Throwable> failure = Optional.empty();
    try (Answer.Body body = answer.body()) {
      body.writeTo(out);
      out.finish();
    } catch (IOException | RuntimeException | Error e) {
      failure = Optional.of(e);
    }
    if (failure.isEmpty()) {
      exchange.streamed(out, true);
    } else if (out.hasBegun()) {
      log.atInfo().setCause(failure.get()).log("streamed answer broke off");
      out.close();
      exchange.streamed(out, false);
    } else {
      out.close();
      Throwable cause = failure.get();
      exchange.deliver(
          failed(
              cause instanceof IOException
                  ? GardenException.failure(String.valueOf(cause.getMessage()), cause)
                  : cause));
    }
  }
}
