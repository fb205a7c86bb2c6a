package io.gardencell.emulator.posix;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;

/**
 * Copies regular files with few system calls, blocks shared where the file system can (Source:
 * ioctl_ficlone(2), sendfile(2), futimens(3)). Linux only, see {@link #isAvailable}. One thread.
 */
public final class FileCopy implements AutoCloseable {

  private static final int O_RDONLY = 0;
  private static final int O_WRONLY = 1;
  private static final int O_CREAT_EXCL = 0x40 | 0x80;
  private static final int O_CLOEXEC = 0x80000;
  private static final int OWNER_ONLY = 0600;
  private static final long FICLONE = 0x40049409L;
  private static final long MOST = 0x7ffff000L;

  /** EXDEV, EINVAL, ENOTTY, ENOSYS, EOPNOTSUPP: these file systems cannot share blocks. */
  private static final Set<Integer> NO_SHARING = Set.of(18, 22, 25, 38, 95);

  private final Memory times = new Memory(32);

  /** How the bytes came to the new file. */
  public enum Outcome {
    /** They are the same blocks. */
    SHARED,
    /** They were copied. */
    COPIED,
    /** They were copied, because these file systems cannot share. */
    CANNOT_SHARE
  }

  /** Whether this system has what it takes. */
  public static boolean isAvailable() {
    return Platform.isLinux();
  }

  /**
   * Copies a file.
   *
   * @param to must not exist; on failure it may be there in part
   * @param mode permission bits of the new file
   * @param share whether to try to share blocks
   */
  public Outcome copy(Path from, Path to, int mode, Instant modified, boolean share)
      throws IOException {
    int source = checked(LibC.Linux.open(from.toString(), O_RDONLY | O_CLOEXEC, 0), "open", from);
    try {
      int target =
          checked(
              LibC.Linux.open(to.toString(), O_WRONLY | O_CREAT_EXCL | O_CLOEXEC, OWNER_ONLY),
              "open",
              to);
      try {
        Outcome outcome = share ? shared(source, target) : Outcome.COPIED;
        if (outcome != Outcome.SHARED) {
          send(source, target, to);
        }
        checked(LibC.Linux.fchmod(target, mode), "fchmod", to);
        for (int i = 0; i < 2; i++) {
          times.setLong(16L * i, modified.getEpochSecond());
          times.setLong(16L * i + 8, modified.getNano());
        }
        checked(LibC.Linux.futimens(target, times), "futimens", to);
        return outcome;
      } finally {
        LibC.close(target);
      }
    } finally {
      LibC.close(source);
    }
  }

  private static Outcome shared(int source, int target) {
    if (LibC.Linux.ioctl(target, FICLONE, source) == 0) {
      return Outcome.SHARED;
    }
    return NO_SHARING.contains(Native.getLastError()) ? Outcome.CANNOT_SHARE : Outcome.COPIED;
  }

  private static void send(int source, int target, Path to) throws IOException {
    while (true) {
      long n = LibC.Linux.sendfile(target, source, Pointer.NULL, MOST);
      if (n == 0) {
        return;
      }
      if (n < 0) {
        throw Posix.failure("sendfile", to.toString());
      }
    }
  }

  private static int checked(int result, String call, Path path) throws IOException {
    if (result < 0) {
      throw Posix.failure(call, path.toString());
    }
    return result;
  }

  @Override
  public void close() {
    times.close();
  }
}
