package io.gardencell.hcs.jna.win32;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.WString;
import java.nio.charset.StandardCharsets;

/** UTF-16 strings for the operating system; any thread. */
public final class Wide {

  private Wide() {}

  /**
   * A string argument.
   *
   * @throws IllegalArgumentException if it holds U+0000, at which the callee would stop reading
   */
  public static WString of(String text) {
    return new WString(checked(text));
  }

  /** The text with its terminator in native memory that the caller closes. */
  public static Memory memory(String text) {
    byte[] bytes = (checked(text) + "\0").getBytes(StandardCharsets.UTF_16LE);
    Memory memory = new Memory(bytes.length);
    memory.write(0, bytes, 0, bytes.length);
    return memory;
  }

  /** Text up to its terminator; UTF-16 on any system, which {@code getWideString} is not. */
  public static String of(Pointer text) {
    StringBuilder result = new StringBuilder();
    for (long at = 0; text.getShort(at) != 0; at += 2) {
      result.append((char) text.getShort(at));
    }
    return result.toString();
  }

  /** The part of a buffer before its terminator. */
  public static String of(char[] buffer) {
    int end = 0;
    while (end < buffer.length && buffer[end] != 0) {
      end++;
    }
    return new String(buffer, 0, end);
  }

  private static String checked(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "'" + text.replace("\0", "\\0") + "' (expected: text without U+0000)");
    }
    return text;
  }
}
