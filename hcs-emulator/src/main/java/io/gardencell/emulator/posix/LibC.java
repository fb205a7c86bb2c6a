package io.gardencell.emulator.posix;

import com.sun.jna.Library;
import com.sun.jna.Pointer;

/** Functions of the C library, names and order as in the manual pages; 64-bit platforms only. */
interface LibC extends Library {

  int mkfifo(String path, int mode);

  int open(String path, int flags, Object... mode);

  int close(int fd);

  int fcntl(int fd, int command, Object... argument);

  int ioctl(int fd, long request, Object... argument);

  int kill(int pid, int signal);

  long read(int fd, Pointer buffer, long count);

  long write(int fd, Pointer buffer, long count);

  int poll(Pointer fds, long count, int timeoutMillis);
}
