package io.gardencell.emulator.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that waits with poll(2) for all pipes of the host. A descriptor is watched only while
 * somebody asked to hear of it, once; what is not asked for stays in its pipe.
 *
 * <p>Any thread may call; what is handed in runs on the loop's thread and must not block.
 */
public final class PipeLoop implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PipeLoop.class);

  /**
   * A busy pipe that has run dry is left to fill for so long: else the first few KiB would wake us,
   * and everything costs by the piece.
   */
  private static final long PAUSE_NANOS = 100_000;

  /** From so many bytes in a read a pipe is a busy one; who types at a prompt is not held up. */
  private static final int MUCH = 4096;

  /** With so many in a read it is not dry: what follows is worth reading at once. */
  static final int PLENTY = 64 * 1024;

  private final PollSet set = new PollSet();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean woken = new AtomicBoolean();
  private final int wakeRead;
  private final int wakeWrite;
  private final Memory scratch = new Memory(64 * 1024);
  private final Memory oneByte = new Memory(1);
  private final Thread thread;
  private volatile boolean busy;
  private volatile boolean closed;

  /** Starts the loop; its wake-up FIFO is made in, and removed from, the directory. */
  public PipeLoop(Path directory) throws IOException {
    Path fifo = Files.createTempDirectory(directory, "wake").resolve("fifo");
    Posix.mkfifo(fifo);
    wakeRead = Posix.openForRead(fifo);
    wakeWrite = Posix.openForWrite(fifo);
    Files.delete(fifo);
    Files.delete(fifo.getParent());
    thread = new Thread(this::run, "emulator-pipes");
    thread.setDaemon(true);
    thread.start();
  }

  /** Runs a task on the loop's thread. */
  public void execute(Runnable task) {
    tasks.add(task);
    if (Thread.currentThread() != thread && woken.compareAndSet(false, true)) {
      LibC.write(wakeWrite, oneByte, 1);
    }
  }

  /** Runs {@code task} once when the descriptor has bytes, its end, or a failure to give. */
  public void onReadable(int fd, Runnable task) {
    execute(() -> set.onReadable(fd, task));
  }

  /** Runs {@code task} once when the descriptor takes bytes or has failed. */
  public void onWritable(int fd, Runnable task) {
    execute(() -> set.onWritable(fd, task));
  }

  /** Forgets a descriptor and closes it. */
  public void close(int fd) {
    execute(
        () -> {
          set.remove(fd);
          Posix.close(fd);
        });
  }

  Memory scratch() {
    return scratch;
  }

  private void run() {
    set.onReadable(wakeRead, this::awake);
    while (!closed) {
      guarded(this::round);
    }
    Posix.close(wakeRead);
    Posix.close(wakeWrite);
  }

  // The outermost frame of the thread: one failing callback must not end the others' pipes.
  @SuppressWarnings("checkstyle:IllegalCatch")
  private void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      log.atError().setCause(e).log("pipe callback failed");
    }
  }

  private void round() {
    // Tasks that tasks add wait for the next round: a pipe that never runs dry must not starve
    // the others.
    for (int left = tasks.size(); left > 0; left--) {
      guarded(tasks.remove());
    }
    if (!closed) {
      if (busy) {
        busy = false;
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      set.await(tasks.isEmpty()).forEach(this::guarded);
    }
  }

  /** Somebody has a task; who comes now has to wake the loop again. */
  private void awake() {
    LibC.read(wakeRead, scratch, scratch.size());
    woken.set(false);
    set.onReadable(wakeRead, this::awake);
  }

  /** Reads what is there: a count, 0 when nothing is, -1 at the end of the stream. */
  int readNow(int fd, com.sun.jna.Pointer into, long count) throws IOException {
    long n = LibC.read(fd, into, count);
    if (n > 0) {
      if (n >= MUCH && n < PLENTY) {
        busy = true;
      }
      return (int) n;
    }
    if (n == 0) {
      return -1;
    }
    int errno = Native.getLastError();
    if (errno == Posix.EAGAIN || errno == Posix.EINTR) {
      return 0;
    }
    throw new IOException("read: errno " + errno);
  }

  @Override
  public void close() {
    execute(() -> closed = true);
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The bytes a life line gives now; -1 when its writer has gone. */
  public int probe(int fd) throws IOException {
    try (Memory m = new Memory(16)) {
      return readNow(fd, m, 16);
    }
  }
}
