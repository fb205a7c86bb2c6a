package io.gardencell.emulator.volume;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Takes a Win32 backup stream apart, in pieces cut anywhere (Source: WIN32_STREAM_ID, winbase.h):
 * data and sparse blocks go to the file, a reparse buffer and the Unix mode among the extended
 * attributes are kept, the rest is passed over. One thread at a time.
 */
final class BackupStream {

  private static final int HEADER = 20;
  static final int DATA = 1;
  static final int EXTENDED_ATTRIBUTES = 2;
  static final int REPARSE = 8;
  static final int SYMLINK_TAG = 0xA000000C;
  private static final int JUNCTION_TAG = 0xA0000003;
  private static final int SPARSE_BLOCK = 9;
  private static final int MAX_KEPT = 64 * 1024 + 8;

  /** The attribute in which Windows keeps the mode of its Linux files. */
  private static final String MODE = "$LXMOD";

  private final @Nullable FileChannel file;
  private final ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
  private final ByteBuffer offset = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
  private @Nullable ByteBuffer reparse;
  private @Nullable ByteBuffer attributes;
  private int id;
  private long left;
  private long nameLeft;
  private long position;
  private long end;
  private boolean inStream;

  BackupStream(@Nullable FileChannel file) {
    this.file = file;
  }

  void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (!inStream) {
        take(bytes, header);
        if (header.hasRemaining()) {
          return;
        }
        begin();
      } else if (nameLeft > 0) {
        int n = (int) Math.min(nameLeft, bytes.remaining());
        bytes.position(bytes.position() + n);
        nameLeft -= n;
      } else if (id == SPARSE_BLOCK && offset.hasRemaining()) {
        int before = offset.remaining();
        take(bytes, offset);
        left -= before - offset.remaining();
        if (!offset.hasRemaining()) {
          position = offset.getLong(0);
        }
      } else {
        body(bytes);
      }
      if (inStream && nameLeft == 0 && left <= 0) {
        inStream = false;
        header.clear();
      }
    }
  }

  private void begin() {
    id = header.getInt(0);
    left = header.getLong(8);
    nameLeft = Integer.toUnsignedLong(header.getInt(16));
    if (left < 0 || ((id == REPARSE || id == EXTENDED_ATTRIBUTES) && left > MAX_KEPT)) {
      throw new HcsException("BackupWrite", "stream " + id, HcsErrors.INVALID_DATA);
    }
    inStream = true;
    offset.clear();
    if (id == DATA) {
      position = 0;
    } else if (id == REPARSE) {
      reparse = little((int) left);
    } else if (id == EXTENDED_ATTRIBUTES) {
      attributes = little((int) left);
    }
  }

  private void body(ByteBuffer bytes) throws IOException {
    int n = (int) Math.min(left, bytes.remaining());
    ByteBuffer piece = bytes.slice(bytes.position(), n);
    if ((id == DATA || id == SPARSE_BLOCK) && file != null) {
      while (piece.hasRemaining()) {
        position += file.write(piece, position);
      }
      end = Math.max(end, position);
    } else if (id == REPARSE && reparse != null) {
      reparse.put(piece);
    } else if (id == EXTENDED_ATTRIBUTES && attributes != null) {
      attributes.put(piece);
    }
    bytes.position(bytes.position() + n);
    left -= n;
  }

  private static void take(ByteBuffer from, ByteBuffer into) {
    int n = Math.min(from.remaining(), into.remaining());
    into.put(from.slice(from.position(), n));
    from.position(from.position() + n);
  }

  /** Whether a stream began that did not end. */
  boolean isCutOff() {
    return inStream || header.position() > 0 && header.hasRemaining();
  }

  boolean hasReparse() {
    return reparse != null;
  }

  /** The Unix mode, if the file carries one. */
  OptionalInt unixMode() {
    ByteBuffer a = attributes;
    int at = 0;
    while (a != null && at + 8 <= a.position()) {
      int nameLength = Byte.toUnsignedInt(a.get(at + 5));
      int valueLength = Short.toUnsignedInt(a.getShort(at + 6));
      int value = at + 8 + nameLength + 1;
      if (value + valueLength > a.position()) {
        throw new HcsException("BackupWrite", "extended attributes", HcsErrors.INVALID_DATA);
      }
      String name = new String(a.array(), at + 8, nameLength, StandardCharsets.US_ASCII);
      if (name.equals(MODE) && valueLength >= 4) {
        return OptionalInt.of(a.getInt(value));
      }
      int next = a.getInt(at);
      if (next <= 0) {
        break;
      }
      at += next;
    }
    return OptionalInt.empty();
  }

  /** An attribute list (FILE_FULL_EA_INFORMATION) of nothing but a mode. */
  static byte[] modeAttribute(int mode) {
    byte[] name = MODE.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer list = little(20);
    list.putInt(0).put((byte) 0).put((byte) name.length).putShort((short) 4);
    return list.put(name).put((byte) 0).putInt(mode).array();
  }

  static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Target of a symbolic link or junction, with slashes; null for other reparse points. */
  @Nullable String linkTarget() {
    ByteBuffer r = reparse;
    if (r == null || r.position() < 16) {
      return null;
    }
    int tag = r.getInt(0);
    if (tag != SYMLINK_TAG && tag != JUNCTION_TAG) {
      return null;
    }
    int at = (tag == SYMLINK_TAG ? 20 : 16) + Short.toUnsignedInt(r.getShort(8));
    int length = Short.toUnsignedInt(r.getShort(10));
    if (at + length > r.position()) {
      throw new HcsException("BackupWrite", "reparse point", HcsErrors.INVALID_DATA);
    }
    return new String(r.array(), at, length, StandardCharsets.UTF_16LE).replace('\\', '/');
  }
}
