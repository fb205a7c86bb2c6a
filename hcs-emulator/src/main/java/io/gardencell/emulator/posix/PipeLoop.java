package io.gardencell.emulator.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that waits with poll(2) for all pipes of the host. A descriptor is watched only while
 * somebody asked to hear of it, once; what is not asked for stays in its pipe.
 *
 * <p>Any thread may call; what is handed in runs on the loop's thread and must not block.
 */
public final class PipeLoop implements AutoCloseable {

  static final short POLLIN = 1;
  static final short POLLOUT = 4;

  private static final Logger log = LoggerFactory.getLogger(PipeLoop.class);
  private static final int ENTRY = 8;

  private final Map<Integer, Interest> interests = new HashMap<>();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final int wakeRead;
  private final int wakeWrite;
  private final Memory scratch = new Memory(64 * 1024);
  private final Thread thread;
  private volatile boolean closed;

  private static final class Interest {
    @org.jspecify.annotations.Nullable Runnable readable;
    @org.jspecify.annotations.Nullable Runnable writable;
  }

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
    if (Thread.currentThread() != thread) {
      byte[] one = {1};
      try (Memory m = new Memory(1)) {
        m.write(0, one, 0, 1);
        Posix.C.write(wakeWrite, m, 1);
      }
    }
  }

  /** Runs {@code task} once when the descriptor has bytes, its end, or a failure to give. */
  public void onReadable(int fd, Runnable task) {
    execute(() -> interests.computeIfAbsent(fd, k -> new Interest()).readable = task);
  }

  /** Runs {@code task} once when the descriptor takes bytes or has failed. */
  public void onWritable(int fd, Runnable task) {
    execute(() -> interests.computeIfAbsent(fd, k -> new Interest()).writable = task);
  }

  /** Forgets a descriptor and closes it. */
  public void close(int fd) {
    execute(
        () -> {
          interests.remove(fd);
          Posix.close(fd);
        });
  }

  Memory scratch() {
    return scratch;
  }

  // The outermost frame of the thread: one failing callback must not end the others' pipes.
  @SuppressWarnings("checkstyle:IllegalCatch")
  private void run() {
    while (!closed) {
      try {
        round();
      } catch (RuntimeException e) {
        log.atError().setCause(e).log("pipe callback failed");
      }
    }
    Posix.close(wakeRead);
    Posix.close(wakeWrite);
  }

  private void round() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
    if (closed) {
      return;
    }
    List<Integer> fds = new ArrayList<>(interests.keySet());
    try (Memory set = new Memory((long) (fds.size() + 1) * ENTRY)) {
      put(set, 0, wakeRead, POLLIN);
      for (int i = 0; i < fds.size(); i++) {
        Interest interest = interests.get(fds.get(i));
        int events =
            interest == null
                ? 0
                : (interest.readable == null ? 0 : POLLIN)
                    | (interest.writable == null ? 0 : POLLOUT);
        put(set, i + 1, fds.get(i), (short) events);
      }
      if (Posix.C.poll(set, fds.size() + 1, -1) < 0) {
        return;
      }
      if (set.getShort(6) != 0) {
        Posix.C.read(wakeRead, scratch, scratch.size());
      }
      for (int i = 0; i < fds.size(); i++) {
        int happened = set.getShort((long) (i + 1) * ENTRY + 6) & 0xffff;
        if (happened != 0) {
          dispatch(fds.get(i), happened);
        }
      }
    }
  }

  private static void put(Memory set, int index, int fd, short events) {
    long at = (long) index * ENTRY;
    set.setInt(at, fd);
    set.setShort(at + 4, events);
    set.setShort(at + 6, (short) 0);
  }

  private void dispatch(int fd, int happened) {
    Interest interest = interests.get(fd);
    if (interest == null) {
      return;
    }
    boolean over = (happened & ~(POLLIN | POLLOUT)) != 0;
    Runnable readable = interest.readable;
    Runnable writable = interest.writable;
    boolean read = readable != null && (over || (happened & POLLIN) != 0);
    boolean write = writable != null && (over || (happened & POLLOUT) != 0);
    if (read) {
      interest.readable = null;
    }
    if (write) {
      interest.writable = null;
    }
    if (interest.readable == null && interest.writable == null) {
      interests.remove(fd);
    }
    if (read && readable != null) {
      readable.run();
    }
    if (write && writable != null) {
      writable.run();
    }
  }

  /** Reads what is there: a count, 0 when nothing is, -1 at the end of the stream. */
  int readNow(int fd, com.sun.jna.Pointer into, long count) throws IOException {
    long n = Posix.C.read(fd, into, count);
    if (n > 0) {
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
