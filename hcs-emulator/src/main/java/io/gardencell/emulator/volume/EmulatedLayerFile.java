package io.gardencell.emulator.volume;

import io.gardencell.emulator.state.Failures;
import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.LayerFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file, directory or link of a layer; mode, time and link target take effect on close. */
final class EmulatedLayerFile implements LayerFile {

  private final Path path;
  private final @Nullable FileChannel channel;
  private final BackupStream stream;
  private final boolean made;
  private @Nullable BackupReader reader;
  private FileBasicInfo info;
  private boolean closed;

  /**
   * Takes over a channel.
   *
   * @param made whether it is new, so that it gets permissions even if the stream has none
   */
  EmulatedLayerFile(Path path, @Nullable FileChannel channel, FileBasicInfo info, boolean made) {
    this.path = path;
    this.channel = channel;
    this.stream = new BackupStream(channel);
    this.info = info;
    this.made = made;
  }

  @Override
  public void write(ByteBuffer bytes) {
    FileChannel to = channel;
    if (to == null) {
      throw new HcsException("WriteFile", path.toString(), HcsErrors.INVALID_HANDLE);
    }
    try {
      while (bytes.hasRemaining()) {
        to.write(bytes);
      }
    } catch (IOException e) {
      throw Failures.of("WriteFile", path.toString(), e);
    }
  }

  @Override
  public void writeBackup(ByteBuffer bytes) {
    try {
      stream.write(bytes);
    } catch (IOException e) {
      throw Failures.of("BackupWrite", path.toString(), e);
    }
  }

  @Override
  public int readBackup(ByteBuffer into) {
    try {
      if (reader == null) {
        reader = BackupReader.of(path, channel);
      }
      return reader.read(into);
    } catch (IOException e) {
      throw Failures.of("BackupRead", path.toString(), e);
    }
  }

  @Override
  public void setBasicInfo(FileBasicInfo other) {
    info = other;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (channel != null) {
        channel.close();
      }
      if (stream.isCutOff()) {
        throw new HcsException("BackupWrite", path.toString(), HcsErrors.INVALID_DATA);
      }
      if (stream.hasReparse()) {
        LayerLink.make(path, stream.linkTarget());
        return;
      }
      if (made || stream.unixMode().isPresent()) {
        UnixMode.apply(path, stream.unixMode());
      }
      if (info.lastWriteTime() > 0 && !Files.isSymbolicLink(path)) {
        Files.setLastModifiedTime(path, FileTimes.toFileTime(info.lastWriteTime()));
      }
    } catch (IOException e) {
      throw Failures.of("CloseHandle", path.toString(), e);
    }
  }
}
