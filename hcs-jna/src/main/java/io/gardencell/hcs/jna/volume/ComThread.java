package io.gardencell.hcs.jna.volume;

import com.sun.jna.Pointer;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Ole32;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The one thread on which COM is used: initialised once, left when closed. A thread that has
 * another apartment already is used as it is and not uninitialised.
 */
final class ComThread implements AutoCloseable {

  private static final int APARTMENT_THREADED = 0x2;
  private static final int CHANGED_MODE = 0x80010106;

  private final Ole32 ole32;
  private final Failures failures;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread t = new Thread(task, "hcs-com");
            t.setDaemon(true);
            return t;
          });
  private boolean initialised;
  private boolean balanced;

  ComThread(Ole32 ole32, Failures failures) {
    this.ole32 = ole32;
    this.failures = failures;
  }

  /** Runs the work on the thread and waits for it; its unchecked exceptions come through. */
  <T> T call(Callable<T> work) {
    try {
      return thread
          .submit(
              () -> {
                initialise();
                return work.call();
              })
          .get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for COM", interrupted);
    }
  }

  private void initialise() {
    if (!initialised) {
      int code = ole32.CoInitializeEx(Pointer.NULL, APARTMENT_THREADED);
      if (code != CHANGED_MODE) {
        failures.check(code, "CoInitializeEx", "");
        balanced = true;
      }
      initialised = true;
    }
  }

  @Override
  public void close() {
    thread.execute(
        () -> {
          if (balanced) {
            ole32.CoUninitialize();
          }
        });
    thread.shutdown();
  }
}
