package io.gardencell.image.registry;

import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks again where that is worth it: thrice at once, or four times with pauses. Any thread. */
final class Retries {

  private static final Logger log = LoggerFactory.getLogger(Retries.class);
  private static final int ODD_ATTEMPTS = 3;
  private static final int LATER_ATTEMPTS = 4;

  /** One attempt. */
  interface Attempt<T> {
    T run() throws IOException;
  }

  private final Pause pause;

  Retries(Pause pause) {
    this.pause = pause;
  }

  <T> T run(String what, Attempt<T> attempt) throws IOException {
    for (int n = 1; ; n++) {
      try {
        return attempt.run();
      } catch (RegistryException e) {
        boolean later = e.hope() == RegistryException.Hope.LATER;
        if (e.hope() == RegistryException.Hope.NONE
            || n >= (later ? LATER_ATTEMPTS : ODD_ATTEMPTS)) {
          throw e;
        }
        log.atInfo()
            .addKeyValue("what", what)
            .addKeyValue("attempt", n)
            .addKeyValue("reason", e.getMessage())
            .log("asking the registry again");
        if (later) {
          pause.forAWhile(Duration.ofSeconds(1L << (n - 1)));
        }
      }
    }
  }
}
