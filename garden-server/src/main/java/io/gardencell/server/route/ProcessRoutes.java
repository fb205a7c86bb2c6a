package io.gardencell.server.route;

import io.gardencell.api.Handle;
import io.gardencell.api.ProcessSpec;
import io.gardencell.server.grace.GraceTimers;
import io.gardencell.server.http.Answer;
import io.gardencell.server.http.ControlConnection;
import io.gardencell.server.http.Handler;
import io.gardencell.server.http.HijackedConnections;
import io.gardencell.server.http.Lane;
import io.gardencell.server.http.OutputConnection;
import io.gardencell.server.http.Request;
import io.gardencell.server.http.Router;
import io.gardencell.server.log.LogSession;
import io.gardencell.server.stream.Attachment;
import io.gardencell.server.stream.OutputQueue;
import io.gardencell.server.stream.RunningProcess;
import io.gardencell.server.stream.Streams;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Processes and their streams. */
final class ProcessRoutes implements RouteGroup {

  private static final Logger log = LoggerFactory.getLogger(ProcessRoutes.class);

  private final Held held;
  private final Streams streams;
  private final HijackedConnections hijacked;
  private final Executor signals;

  ProcessRoutes(Held held, Streams streams, HijackedConnections hijacked, Executor signals) {
    this.held = held;
    this.streams = streams;
    this.hijacked = hijacked;
    this.signals = signals;
  }

  @Override
  public void addTo(Router router) {
    String process = "/containers/:handle/processes/:pid";
    String stream = process + "/attaches/:streamid/";
    router
        .addHijacking("run", Lane.CHANGE, "POST", "/containers/:handle/processes", this::run)
        .addHijacking("attach", Lane.QUERY, "GET", process, this::attach)
        .addHijacking(
            "stdout", Lane.QUERY, "GET", stream + "stdout", new Output(Attachment::stdout))
        .addHijacking(
            "stderr", Lane.QUERY, "GET", stream + "stderr", new Output(Attachment::stderr));
  }

  private Answer run(Request request) {
    ProcessSpec spec = request.json(ProcessSpec.class);
    return control(
        request,
        201,
        container -> {
          RunningProcess process = container.run(spec);
          // Neither arguments nor environment: they hold secrets.
          log.atInfo()
              .addKeyValue("id", process.id())
              .addKeyValue(
                  "spec", Map.of("path", spec.path(), "dir", spec.dir(), "user", spec.user()))
              .log("spawned");
          return process;
        });
  }

  private Answer attach(Request request) {
    return control(
        request,
        200,
        container -> {
          RunningProcess process = container.attach(request.parameter("pid"));
          log.atInfo().addKeyValue("id", process.id()).log("attached");
          return process;
        });
  }

  /** The hold goes over to the control connection, which keeps it for its whole life. */
  private Answer control(
      Request request, int status, Function<BackendContainer, RunningProcess> process) {
    Handle handle = Held.handle(request);
    GraceTimers.Hold hold = held.hold(handle);
    boolean done = false;
    try {
      Attachment attachment = process.apply(held.container(handle)).attach();
      LogSession.Mark session = LogSession.mark();
      done = true;
      return new Answer.Hijacked(
          status,
          "application/json",
          () -> new ControlConnection(attachment, hold, hijacked, signals, session));
    } finally {
      if (!done) {
        hold.close();
      }
    }
  }

  /** Finding a stream is a look into memory: no thread is needed, so nothing can delay it. */
  private final class Output implements Handler {

    private final Function<Attachment, OutputQueue> side;

    Output(Function<Attachment, OutputQueue> side) {
      this.side = side;
    }

    @Override
    public Answer handle(Request request) {
      OutputQueue queue =
          streams
              .find(
                  request.parameter("handle"),
                  request.parameter("pid"),
                  request.parameter("streamid"))
              .map(side)
              .orElse(null);
      return new Answer.Hijacked(200, "", () -> new OutputConnection(queue, hijacked));
    }

    @Override
    public Optional<Answer> atOnce(Request request) {
      return Optional.of(handle(request));
    }
  }
}
