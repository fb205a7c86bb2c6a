package io.gardencell.server.route;

import io.gardencell.api.Handle;
import io.gardencell.api.ProcessSpec;
import io.gardencell.server.grace.GraceTimers;
import io.gardencell.server.http.Answer;
import io.gardencell.server.http.ControlConnection;
import io.gardencell.server.http.ControlConnections;
import io.gardencell.server.http.OutputConnection;
import io.gardencell.server.http.Request;
import io.gardencell.server.http.Router;
import io.gardencell.server.stream.Attachment;
import io.gardencell.server.stream.OutputQueue;
import io.gardencell.server.stream.RunningProcess;
import io.gardencell.server.stream.Streams;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** Processes and their streams. */
final class ProcessRoutes implements RouteGroup {

  private final Held held;
  private final Streams streams;
  private final ControlConnections controls;
  private final Executor signals;

  ProcessRoutes(Held held, Streams streams, ControlConnections controls, Executor signals) {
    this.held = held;
    this.streams = streams;
    this.controls = controls;
    this.signals = signals;
  }

  @Override
  public void addTo(Router router) {
    String process = "/containers/:handle/processes/:pid";
    router
        .add("POST", "/containers/:handle/processes", this::run)
        .add("GET", process, this::attach)
        .add("GET", process + "/attaches/:streamid/stdout", r -> output(r, Attachment::stdout))
        .add("GET", process + "/attaches/:streamid/stderr", r -> output(r, Attachment::stderr));
  }

  private Answer run(Request request) {
    ProcessSpec spec = request.json(ProcessSpec.class);
    return control(request, 201, container -> container.run(spec));
  }

  private Answer attach(Request request) {
    return control(request, 200, container -> container.attach(request.parameter("pid")));
  }

  /** The hold goes over to the control connection, which keeps it for its whole life. */
  private Answer control(
      Request request, int status, Function<BackendContainer, RunningProcess> process) {
    Handle handle = Held.handle(request);
    GraceTimers.Hold hold = held.hold(handle);
    boolean done = false;
    try {
      Attachment attachment = process.apply(held.container(handle)).attach();
      done = true;
      return new Answer.Hijacked(
          status,
          "application/json",
          () -> new ControlConnection(attachment, hold, controls, signals));
    } finally {
      if (!done) {
        hold.close();
      }
    }
  }

  private Answer output(Request request, Function<Attachment, OutputQueue> side) {
    OutputQueue queue =
        streams
            .find(
                request.parameter("handle"),
                request.parameter("pid"),
                request.parameter("streamid"))
            .map(side)
            .orElse(null);
    return new Answer.Hijacked(200, "", () -> new OutputConnection(queue));
  }
}
