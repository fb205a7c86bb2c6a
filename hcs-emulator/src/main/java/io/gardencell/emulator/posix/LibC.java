package io.gardencell.emulator.posix;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * Functions of the C library, names and order as in the manual pages; 64-bit platforms only. What
 * runs for every piece of data is mapped directly, which costs a tenth of a call through an
 * interface; functions with a variable number of arguments cannot be.
 */
final class LibC {

  static {
    Native.register(LibC.class, "c");
  }

  static final Variadic VARIADIC = Native.load("c", Variadic.class);

  private LibC() {}

  /** Functions with a variable number of arguments. */
  interface Variadic extends Library {

    int open(String path, int flags, Object... mode);

    int fcntl(int fd, int command, Object... argument);
  }

  /**
   * Linux only, where calling a function of variable arguments as one of fixed ones is the same.
   */
  static final class Linux {

    static {
      Native.register(Linux.class, "c");
    }

    private Linux() {}

    static native int open(String path, int flags, int mode);

    static native int ioctl(int fd, long request, int argument);

    static native int fchmod(int fd, int mode);

    static native int futimens(int fd, Pointer times);

    static native long sendfile(int to, int from, Pointer offset, long count);
  }

  static native int mkfifo(String path, int mode);

  static native int close(int fd);

  static native int isatty(int fd);

  static native int kill(int pid, int signal);

  static native long read(int fd, Pointer buffer, long count);

  static native long write(int fd, Pointer buffer, long count);

  static native int poll(Pointer fds, long count, int timeoutMillis);
}
