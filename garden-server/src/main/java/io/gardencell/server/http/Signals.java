package io.gardencell.server.http;

import io.gardencell.api.WindowSize;
import io.gardencell.server.log.LogSession;
import io.gardencell.server.stream.RunningProcess;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one client asks of its process besides input. The host is asked on the workers, since it may
 * hang; each signal of a client is under way at most once, so that one who repeats himself, or
 * whose process the host does not answer for, leaves the workers to the others; of window sizes the
 * last one counts. Failures are only logged, as the protocol has it. Any thread.
 */
final class Signals {

  private static final Logger log = LoggerFactory.getLogger(Signals.class);

  private final RunningProcess process;
  private final Executor workers;
  private final LogSession.Mark session;
  private final AtomicBoolean terminating = new AtomicBoolean();
  private final AtomicBoolean killing = new AtomicBoolean();
  private final AtomicReference<@Nullable WindowSize> size = new AtomicReference<>();

  Signals(RunningProcess process, Executor workers, LogSession.Mark session) {
    this.process = process;
    this.workers = workers;
    this.session = session;
  }

  void terminate() {
    once(
        terminating,
        "terminate",
        () -> {
          if (!process.terminate()) {
            process.kill();
          }
        });
  }

  void kill() {
    once(killing, "kill", process::kill);
  }

  void resize(WindowSize wanted) {
    if (size.getAndSet(wanted) == null && !onWorker("resize", this::resizeToLast)) {
      size.set(null);
    }
  }

  private void resizeToLast() {
    WindowSize last = size.getAndSet(null);
    if (last != null) {
      process.resize(last.columns(), last.rows());
    }
  }

  private void once(AtomicBoolean underWay, String what, Runnable action) {
    if (underWay.getAndSet(true)) {
      return;
    }
    boolean accepted =
        onWorker(
            what,
            () -> {
              try {
                action.run();
              } finally {
                underWay.set(false);
              }
            });
    if (!accepted) {
      underWay.set(false);
    }
  }

  // The outermost frame of what a signal does.
  @SuppressWarnings("checkstyle:IllegalCatch")
  private boolean onWorker(String what, Runnable action) {
    try {
      workers.execute(
          () -> {
            try (LogSession open = session.resume()) {
              action.run();
            } catch (RuntimeException e) {
              log.atWarn()
                  .addKeyValue("process", process.id())
                  .addKeyValue("what", what)
                  .setCause(e)
                  .log("signal failed");
            }
          });
      return true;
    } catch (RejectedExecutionException e) {
      log.atWarn().addKeyValue("what", what).log("signal dropped, too many calls wait");
      return false;
    }
  }
}
