package io.gardencell.image.layer;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.LayerFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.jspecify.annotations.Nullable;

/**
 * Writes an entry's security, attributes, link target, content and alternate streams as one backup
 * stream (Source: go-winio: backuptar/tar.go). One layer, one thread.
 */
final class EntryStreams {

  private final TarEntries tar;
  private final LayerWriter writer;
  private final EntryNames names;
  private final ByteBuffer buffer = ByteBuffer.allocate(128 * 1024);

  EntryStreams(TarEntries tar, LayerWriter writer, EntryNames names) {
    this.tar = tar;
    this.writer = writer;
    this.names = names;
  }

  /**
   * Writes the stream to the writer's current entry.
   *
   * @param second gets it, too, but for security
   */
  void write(TarArchiveEntry entry, @Nullable LayerFile second) throws IOException {
    EntryFacts.security(entry)
        .ifPresent(sd -> writer.security(BackupStream.whole(BackupStream.SECURITY_DATA, sd)));
    Map<String, byte[]> attributes =
        EntryFacts.extendedAttributes(entry, names.isLinux() && !entry.isSymbolicLink());
    if (!attributes.isEmpty()) {
      byte[] list = BackupStream.extendedAttributes(attributes);
      put(BackupStream.whole(BackupStream.EA_DATA, list), second);
    }
    if (entry.isSymbolicLink()) {
      boolean mountPoint = entry.getExtraPaxHeader("MSWINDOWS.mountpoint") != null;
      byte[] reparse = BackupStream.reparse(entry.getLinkName(), mountPoint);
      put(BackupStream.whole(BackupStream.REPARSE_DATA, reparse), second);
    }
    if (TarEntries.isRegular(entry)) {
      put(BackupStream.header(BackupStream.DATA, entry.getRealSize(), ""), second);
      content(entry, second);
    }
    TarArchiveEntry next = tar.next();
    while (next != null && isStreamOf(next, entry)) {
      String stream = next.getName().substring(entry.getName().length() + 1);
      names.checkElement(next.getName(), stream);
      put(
          BackupStream.header(
              BackupStream.ALTERNATE_DATA, next.getRealSize(), ":" + stream + ":$DATA"),
          second);
      content(next, second);
      next = tar.next();
    }
    tar.unread(next);
  }

  private static boolean isStreamOf(TarArchiveEntry next, TarArchiveEntry entry) {
    return TarEntries.isRegular(next) && next.getName().startsWith(entry.getName() + ":");
  }

  private void content(TarArchiveEntry entry, @Nullable LayerFile second) throws IOException {
    long total = 0;
    for (int n = tar.read(buffer.array()); n >= 0; n = tar.read(buffer.array())) {
      total += n;
      put(buffer.clear().limit(n), second);
    }
    if (total != entry.getRealSize()) {
      throw GardenException.failure(
          "%s: %d bytes (expected: %d)".formatted(entry.getName(), total, entry.getRealSize()));
    }
  }

  private void put(ByteBuffer bytes, @Nullable LayerFile second) {
    if (second != null) {
      second.writeBackup(bytes.duplicate());
    }
    writer.stream(bytes);
  }
}
