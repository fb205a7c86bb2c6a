package io.gardencell.emulator.compute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * Memory that belongs to a process alone: what a limit counts. Read from /proc; 0 where there is
 * none. Any thread.
 */
final class PrivateMemory {

  private static final Path PROC = Path.of("/proc");
  private static final long KIB = 1024;
  private static final long SMALLEST_PAGE = 4096;
  private static final long PAGE = pageSize();
  private static final boolean SWAPS = hasSwap();

  private PrivateMemory() {}

  /** Private memory with what is swapped out, in bytes (Source: proc(5), statm and status). */
  static long of(long pid) {
    try {
      String[] pages = Files.readString(PROC.resolve(pid + "/statm")).split(" ");
      long resident = (Long.parseLong(pages[1]) - Long.parseLong(pages[2])) * PAGE;
      return SWAPS ? resident + swapped(pid) : resident;
    } catch (IOException | ArrayIndexOutOfBoundsException gone) {
      return 0;
    }
  }

  private static long swapped(long pid) throws IOException {
    return statusKib(pid, "VmSwap:") * KIB;
  }

  private static long statusKib(long pid, String name) throws IOException {
    for (String line : Files.readAllLines(PROC.resolve(pid + "/status"))) {
      if (line.startsWith(name)) {
        return kib(line);
      }
    }
    return 0;
  }

  /** Bytes of a page: the size of this very process, told in both units. */
  private static long pageSize() {
    try {
      long pages = Long.parseLong(Files.readString(PROC.resolve("self/statm")).split(" ")[0]);
      long bytes = statusKib(ProcessHandle.current().pid(), "VmSize:") * KIB;
      return pages == 0 ? SMALLEST_PAGE : Long.highestOneBit(bytes / pages + SMALLEST_PAGE / 4);
    } catch (IOException notLinux) {
      return SMALLEST_PAGE;
    }
  }

  private static boolean hasSwap() {
    try {
      return Files.readAllLines(PROC.resolve("meminfo")).stream()
          .anyMatch(l -> l.startsWith("SwapTotal:") && kib(l) > 0);
    } catch (IOException notLinux) {
      return false;
    }
  }

  /**
   * Private memory of all processes of this machine, swapped out or not, in bytes; empty where
   * there is no telling (Source: proc(5), /proc/meminfo).
   */
  static OptionalLong ofMachine() {
    long anonymous = -1;
    long swapTotal = 0;
    long swapFree = 0;
    try {
      for (String line : Files.readAllLines(PROC.resolve("meminfo"))) {
        if (line.startsWith("AnonPages:")) {
          anonymous = kib(line);
        } else if (line.startsWith("SwapTotal:")) {
          swapTotal = kib(line);
        } else if (line.startsWith("SwapFree:")) {
          swapFree = kib(line);
        }
      }
    } catch (IOException notLinux) {
      return OptionalLong.empty();
    }
    return anonymous < 0
        ? OptionalLong.empty()
        : OptionalLong.of((anonymous + swapTotal - swapFree) * KIB);
  }

  private static long kib(String line) {
    return Long.parseLong(line.replaceAll("\\D", ""));
  }
}
