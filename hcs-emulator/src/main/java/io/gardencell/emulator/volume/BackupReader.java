package io.gardencell.emulator.volume;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file as a Win32 backup stream: its mode, then its data or link target; what {@link
 * BackupStream} takes. One thread at a time.
 */
final class BackupReader {

  private final ByteBuffer head;
  private final @Nullable FileChannel data;
  private long position;

  private BackupReader(byte[] head, @Nullable FileChannel data) {
    this.head = ByteBuffer.wrap(head);
    this.data = data;
  }

  /**
   * Reads from the beginning.
   *
   * @param data the content, null for what has none
   */
  static BackupReader of(Path path, @Nullable FileChannel data) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    if (Files.isSymbolicLink(path)) {
      byte[] reparse = reparse(Files.readSymbolicLink(path).toString());
      head.writeBytes(header(BackupStream.REPARSE, reparse.length));
      head.writeBytes(reparse);
      return new BackupReader(head.toByteArray(), null);
    }
    byte[] mode = BackupStream.modeAttribute(UnixMode.of(path));
    head.writeBytes(header(BackupStream.EXTENDED_ATTRIBUTES, mode.length));
    head.writeBytes(mode);
    if (data != null) {
      head.writeBytes(header(BackupStream.DATA, data.size()));
    }
    return new BackupReader(head.toByteArray(), data);
  }

  private static byte[] header(int id, long size) {
    return BackupStream.little(20).putInt(id).putInt(0).putLong(size).putInt(0).array();
  }

  /** REPARSE_DATA_BUFFER of a relative symbolic link, substitute and print name alike. */
  private static byte[] reparse(String target) {
    byte[] name = target.replace('/', '\\').getBytes(StandardCharsets.UTF_16LE);
    ByteBuffer buffer =
        BackupStream.little(20 + 2 * (name.length + 2)).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(BackupStream.SYMLINK_TAG).putShort((short) (buffer.capacity() - 8));
    buffer.putShort((short) 0).putShort((short) 0).putShort((short) name.length);
    buffer.putShort((short) (name.length + 2)).putShort((short) name.length).putInt(1);
    buffer.put(name).putShort((short) 0).put(name).putShort((short) 0);
    return buffer.array();
  }

  /** A count, or -1 at the end. */
  int read(ByteBuffer into) throws IOException {
    if (!into.hasRemaining()) {
      return 0;
    }
    int before = into.position();
    int n = Math.min(into.remaining(), head.remaining());
    into.put(head.slice(head.position(), n));
    head.position(head.position() + n);
    if (!head.hasRemaining() && data != null && into.hasRemaining()) {
      position += Math.max(0, data.read(into, position));
    }
    int count = into.position() - before;
    return count == 0 ? -1 : count;
  }
}
