package io.gardencell.emulator.posix;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

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
  private static final int PIPE_SIZE = 256 * 1024;
  private static final long FICLONE = 0x40049409L;
  private static final int O_CREAT_EXCL = 0x40 | 0x80;

  /** EXDEV, EINVAL, ENOTTY, ENOSYS, EOPNOTSUPP of Linux (ioctl_ficlone(2)). */
  private static final Set<Integer> NO_REFLINKS = Set.of(18, 22, 25, 38, 95);

  private Posix() {}

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
  public static void enlarge(int fd) {
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

  /** Whether blocks could be shared. */
  public enum Reflink {
    DONE,
    /** These file systems cannot. */
    UNSUPPORTED,
    /** This one file could not, for a reason that need not concern others. */
    FAILED
  }

  /** Makes {@code target}, a new file, share the blocks of {@code source}. */
  public static Reflink reflink(Path source, Path target) {
    if (!Platform.isLinux()) {
      return Reflink.UNSUPPORTED;
    }
    int from = LibC.VARIADIC.open(source.toString(), O_RDONLY | O_CLOEXEC, 0);
    if (from < 0) {
      return Reflink.FAILED;
    }
    try {
      int to = LibC.VARIADIC.open(target.toString(), O_WRONLY | O_CLOEXEC | O_CREAT_EXCL, 0600);
      if (to < 0) {
        return Reflink.FAILED;
      }
      try {
        if (LibC.VARIADIC.ioctl(to, FICLONE, from) == 0) {
          return Reflink.DONE;
        }
        return NO_REFLINKS.contains(Native.getLastError()) ? Reflink.UNSUPPORTED : Reflink.FAILED;
      } finally {
        LibC.close(to);
      }
    } finally {
      LibC.close(from);
    }
  }

  static IOException failure(String call, String target) {
    return new IOException(call + " " + target + ": errno " + Native.getLastError());
  }
}
