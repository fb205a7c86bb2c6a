package io.gardencell.runtime.command;

import io.gardencell.api.spi.ContainerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects a process to the streams of the {@code winc} command, which has threads to spare: one
 * for each stream (Source: winc: runtime/container/process.go AttachIO).
 */
final class AttachedStreams {

  private static final Logger log = LoggerFactory.getLogger(AttachedStreams.class);
  private static final int BUFFER = 64 * 1024;

  /** What the reference allows output after the end of the process. */
  static final Duration DRAIN = Duration.ofSeconds(11);

  private AttachedStreams() {}

  /**
   * Pumps until the process has ended and its output is through; gives the exit code.
   *
   * @param drain how long output may take after the end
   */
  static long pump(
      ContainerProcess process,
      InputStream in,
      OutputStream out,
      OutputStream err,
      Duration drain) {
    process.stdin().ifPresent(channel -> thread("winc-stdin", () -> copyIn(in, channel)));
    List<Thread> outputs = new ArrayList<>();
    process
        .stdout()
        .ifPresent(channel -> outputs.add(thread("winc-stdout", () -> copyOut(channel, out))));
    process
        .stderr()
        .ifPresent(channel -> outputs.add(thread("winc-stderr", () -> copyOut(channel, err))));
    long code = process.exited().join();
    long deadline = System.nanoTime() + drain.toNanos();
    for (Thread output : outputs) {
      try {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        output.join(Math.max(1, left));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return code;
  }

  private static Thread thread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void copyIn(InputStream in, AsynchronousByteChannel to) {
    byte[] buffer = new byte[BUFFER];
    try (to) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
        while (bytes.hasRemaining()) {
          to.write(bytes).get();
        }
      }
    } catch (IOException | ExecutionException | RejectedExecutionException e) {
      // Rejected if the host is closed meanwhile: the process has ended, nobody waits for its
      // input.
      log.atDebug().setCause(e).log("stdin ended");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A consumer that went away must not break the process, so reading goes on without it. */
  private static void copyOut(AsynchronousByteChannel from, OutputStream to) {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    boolean consumed = true;
    try (from) {
      while (from.read(buffer).get() >= 0) {
        if (consumed) {
          consumed = write(buffer, to);
        }
        buffer.clear();
      }
    } catch (IOException | ExecutionException e) {
      log.atDebug().setCause(e).log("output ended");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean write(ByteBuffer buffer, OutputStream to) {
    try {
      to.write(buffer.array(), 0, buffer.position());
      to.flush();
      return true;
    } catch (IOException e) {
      log.atDebug().setCause(e).log("output has no reader any more");
      return false;
    }
  }
}
