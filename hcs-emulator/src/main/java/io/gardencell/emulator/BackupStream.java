package io.gardencell.emulator;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Takes a Win32 backup stream apart, in pieces cut anywhere (Source: WIN32_STREAM_ID, winbase.h):
 * data and sparse blocks go to the file, a reparse buffer is kept, the rest is passed over. One
 * thread at a time.
 */
final class BackupStream {

  private static final int HEADER = 20;
  private static final int DATA = 1;
  private static final int REPARSE = 8;
  private static final int SPARSE_BLOCK = 9;
  private static final int MAX_REPARSE = 16 * 1024 + 8;

  private final @Nullable FileChannel file;
  private final ByteBuffer header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
  private final ByteBuffer offset = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
  private @Nullable ByteBuffer reparse;
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
    if (left < 0 || (id == REPARSE && left > MAX_REPARSE)) {
      throw new HcsException("BackupWrite", "stream " + id, HcsErrors.INVALID_DATA);
    }
    inStream = true;
    offset.clear();
    if (id == DATA) {
      position = 0;
    } else if (id == REPARSE) {
      reparse = ByteBuffer.allocate((int) left).order(ByteOrder.LITTLE_ENDIAN);
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

  /** Target of a relative symbolic link, with slashes; null for other reparse points. */
  @Nullable String linkTarget() {
    ByteBuffer r = reparse;
    if (r == null || r.position() < 20 || r.getInt(0) != 0xA000000C || (r.getInt(16) & 1) == 0) {
      return null;
    }
    int at = 20 + Short.toUnsignedInt(r.getShort(8));
    int length = Short.toUnsignedInt(r.getShort(10));
    if (at + length > r.position()) {
      throw new HcsException("BackupWrite", "reparse point", HcsErrors.INVALID_DATA);
    }
    return new String(r.array(), at, length, StandardCharsets.UTF_16LE).replace('\\', '/');
  }
}
