package io.gardencell.runtime.bundle;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * Windows path rules on strings, on any operating system (Source: Go: path/filepath Clean, Join,
 * VolumeName on Windows; winc: runtime/config).
 */
public final class WindowsPaths {

  private WindowsPaths() {}

  /**
   * The path as seen in a container: without a volume it is on {@code C:}, joined without a
   * separator, and cleaned.
   */
  public static String inContainer(String path) {
    return clean(volumeLength(path) == 0 ? "C:" + path : path);
  }

  /** Whether it names a place independent of a current directory or drive. */
  static boolean isAbsolute(String path) {
    int volume = volumeLength(path);
    if (volume == 0) {
      return false;
    }
    if (volume > 2 || !isDrive(path)) {
      return true;
    }
    return path.length() > volume && isSeparator(path.charAt(volume));
  }

  /** Back slashes only, {@code .} and {@code ..} folded, no trailing separator but a root's. */
  static String clean(String path) {
    int volume = volumeLength(path);
    String prefix = path.substring(0, volume).replace('/', '\\');
    String rest = path.substring(volume);
    if (rest.isEmpty()) {
      return volume > 2 ? prefix : prefix + ".";
    }
    boolean rooted = isSeparator(rest.charAt(0));
    String cleaned = fold(rest, rooted);
    if (rooted) {
      return prefix + "\\" + cleaned;
    }
    return prefix + (cleaned.isEmpty() ? "." : cleaned);
  }

  /** The last element; trailing separators do not count. */
  public static String lastElement(String path) {
    int end = path.length();
    while (end > 0 && isSeparator(path.charAt(end - 1))) {
      end--;
    }
    int start = end;
    while (start > 0 && !isSeparator(path.charAt(start - 1))) {
      start--;
    }
    return path.substring(start, end);
  }

  private static String fold(String rest, boolean rooted) {
    Deque<String> elements = new ArrayDeque<>();
    for (String element : rest.split("[/\\\\]+")) {
      if (element.equals("..") && !elements.isEmpty() && !elements.getLast().equals("..")) {
        elements.removeLast();
      } else if (element.equals("..") && rooted) {
        continue;
      } else if (!element.isEmpty() && !element.equals(".")) {
        elements.addLast(element);
      }
    }
    return String.join("\\", elements);
  }

  /** Length of {@code X:}, {@code \\server\share} or {@code \\?\X:} at the start. */
  private static int volumeLength(String path) {
    if (isDrive(path)) {
      return 2;
    }
    if (path.length() < 3 || !isSeparator(path.charAt(0)) || !isSeparator(path.charAt(1))) {
      return 0;
    }
    int server = elementEnd(path, 2);
    if (server == 2 || server == path.length()) {
      return server == 2 ? 0 : path.length();
    }
    String name = path.substring(2, server);
    int share = elementEnd(path, server + 1);
    if (name.equals("?") || name.equals(".")) {
      String first = path.substring(server + 1, share).toUpperCase(Locale.ROOT);
      if (first.equals("UNC") && share < path.length()) {
        int device = elementEnd(path, share + 1);
        return device < path.length() ? elementEnd(path, device + 1) : device;
      }
    }
    return share;
  }

  private static int elementEnd(String path, int from) {
    int end = from;
    while (end < path.length() && !isSeparator(path.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isDrive(String path) {
    if (path.length() < 2 || path.charAt(1) != ':') {
      return false;
    }
    char letter = path.charAt(0);
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
  }

  static boolean isSeparator(char c) {
    return c == '\\' || c == '/';
  }
}
