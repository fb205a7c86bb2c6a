package io.gardencell.server;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the daemon when the process is told to end, and ends the process with 0, as the reference
 * does, or with 1 when that took too long: a service must not hang.
 */
final class Shutdown {

  private static final Logger log = LoggerFactory.getLogger(Shutdown.class);
  private static final Duration BEYOND = Duration.ofSeconds(10);

  private Shutdown() {}

  /** {@code bound} is what requests in flight get; all of it gets a little more. */
  static void onEnd(Daemon daemon, Duration bound) {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> end(daemon, bound.plus(BEYOND)), "shutdown"));
  }

  private static void end(Daemon daemon, Duration bound) {
    log.atInfo().log("guardian.stopping");
    Thread closing = new Thread(daemon::close, "close");
    closing.setDaemon(true);
    closing.start();
    try {
      closing.join(bound.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    boolean late = closing.isAlive();
    (late ? log.atError() : log.atInfo())
        .addKeyValue("bound", bound)
        .log(late ? "guardian.not-stopped-in-time" : "guardian.stopped");
    // An orderly exit would give the signal's number; the reference gives 0.
    Runtime.getRuntime().halt(late ? 1 : 0);
  }
}
