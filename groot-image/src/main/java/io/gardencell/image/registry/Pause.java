package io.gardencell.image.registry;

import java.io.InterruptedIOException;
import java.time.Duration;

/** Waiting between requests. */
interface Pause {

  /** The real one. */
  Pause REAL =
      duration -> {
        try {
          Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          InterruptedIOException interrupted =
              new InterruptedIOException("interrupted while waiting for the registry");
          interrupted.initCause(e);
          throw interrupted;
        }
      };

  /** Waits so long. */
  void forAWhile(Duration duration) throws InterruptedIOException;
}
