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

    int ioctl(int fd, long request, Object... argument);
  }

  static native int mkfifo(String path, int mode);

  static native int close(int fd);

  static native int kill(int pid, int signal);

  static native long read(int fd, Pointer buffer, long count);

  static native long write(int fd, Pointer buffer, long count);

  static native int poll(Pointer fds, long count, int timeoutMillis);
}
