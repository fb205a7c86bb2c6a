package io.gardencell.emulator.posix;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Calls of the C library with failures as {@link IOException}s (Source: open(2), mkfifo(3),
 * kill(2), fcntl(2)). Any thread.
 */
public final class Posix {

  public static final int SIGKILL = 9;
  public static final int SIGTERM = 15;

  /** User signal 1: 10 on Linux, 30 on macOS. */
  public static final int SIGUSR1 = Platform.isMac() ? 30 : 10;

  static final int EINTR = 4;
  static final int EAGAIN = Platform.isMac() ? 35 : 11;

  private static final int O_RDONLY = 0;
  private static final int O_WRONLY = 1;
  private static final int O_NONBLOCK = Platform.isMac() ? 0x4 : 0x800;
  private static final int O_CLOEXEC = Platform.isMac() ? 0x1000000 : 0x80000;
  private static final int F_SETPIPE_SZ = 1031;
  private static final int PIPE_SIZE = 1 << 20;

  private Posix() {}

  /** Whether a descriptor of this process is a terminal. */
  public static boolean isTerminal(int fd) {
    return LibC.isatty(fd) == 1;
  }

  /** Makes a FIFO that only its owner may open. */
  public static void mkfifo(Path path) throws IOException {
    if (LibC.mkfifo(path.toString(), 0600) != 0) {
      throw failure("mkfifo", path.toString());
    }
  }

  /** Opens the reading end of a FIFO, without waiting for a writer. */
  public static int openForRead(Path fifo) throws IOException {
    return open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }

  /** Opens the writing end of a FIFO; fails when it has no reader. */
  public static int openForWrite(Path fifo) throws IOException {
    return open(fifo, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  }

  private static int open(Path path, int flags) throws IOException {
    int fd = LibC.VARIADIC.open(path.toString(), flags, 0);
    if (fd < 0) {
      throw failure("open", path.toString());
    }
    return fd;
  }

  /** Asks for a larger pipe buffer where the system can; a refusal is no failure. */
  static void enlarge(int fd) {
    if (Platform.isLinux()) {
      LibC.VARIADIC.fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
    }
  }

  /** Sends a signal to a process, or to the group {@code -pid}; false if there is none. */
  public static boolean kill(long pid, int signal) {
    return LibC.kill(Math.toIntExact(pid), signal) == 0;
  }

  /** Closes a descriptor. */
  public static void close(int fd) {
    LibC.close(fd);
  }

  static IOException failure(String call, String target) {
    return new IOException(call + " " + target + ": errno " + Native.getLastError());
  }
}
