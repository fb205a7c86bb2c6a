package io.gardencell.hcs.jna.win32;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * OBJECT_ATTRIBUTES, 48 bytes (length at 0, root at 8, name at 16, flags at 24), with the
 * UNICODE_STRING it points to, 16 bytes (bytes of text at 0, of room at 2, text at 8). Holds both
 * and the text until closed.
 */
public final class ObjectAttributes implements AutoCloseable {

  static final int BYTES = 48;
  static final int UNICODE_STRING_BYTES = 16;

  /** OBJ_DONT_REPARSE: no reparse point on the way is followed. */
  public static final int DONT_REPARSE = 0x1000;

  private final Memory text;
  private final Memory unicode = new Memory(UNICODE_STRING_BYTES);
  private final Memory attributes = new Memory(BYTES);

  /**
   * Names an object.
   *
   * @param root handle of the directory that the name is relative to; null for a full name
   * @param name at most 32767 characters
   */
  public ObjectAttributes(@Nullable Pointer root, String name, int flags) {
    text = Wide.memory(name);
    unicode.clear();
    unicode.setShort(0, (short) (2 * name.length()));
    unicode.setShort(2, (short) (2 * name.length()));
    unicode.setPointer(8, text);
    attributes.clear();
    attributes.setInt(0, BYTES);
    attributes.setPointer(8, root);
    attributes.setPointer(16, unicode);
    attributes.setInt(24, flags);
  }

  /** The struct, for a call while this is open. */
  public Pointer pointer() {
    return attributes;
  }

  @Override
  public void close() {
    attributes.close();
    unicode.close();
    text.close();
  }
}
