package io.gardencell.network;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Told what an operation does, in the words of the reference's log (spec: winc-network 2). The
 * command writes them to its {@code --log} file; in process they are debugging output, since there
 * failures are logged by whoever handles them. Called from any thread.
 */
public interface StepLog {

  /** Steps, and every call to HNS with its documents; the text is made only if it is written. */
  void debug(Supplier<String> text);

  /** A command that runs in a container. */
  void info(String text);

  /** A step that failed, named before its failure is reported. */
  void error(String text);

  /** Steps as debugging output of this process. */
  static StepLog ofProcess() {
    return new ProcessSteps();
  }

  /** Writes to the log of this process. */
  final class ProcessSteps implements StepLog {

    private static final Logger log = LoggerFactory.getLogger(StepLog.class);

    @Override
    public void debug(Supplier<String> text) {
      if (log.isTraceEnabled()) {
        log.atTrace().addKeyValue("step", text.get()).log("network step");
      }
    }

    @Override
    public void info(String text) {
      log.atDebug().addKeyValue("step", text).log("network step");
    }

    @Override
    public void error(String text) {
      log.atDebug().addKeyValue("step", text).log("network step failed");
    }
  }
}
