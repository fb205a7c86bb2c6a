package io.gardencell.hcs;

import java.nio.ByteBuffer;

/** An open file of a {@link LayerFolder}. One thread at a time. */
public interface LayerFile extends AutoCloseable {

  /** Plain bytes at the current position (transport form). */
  void write(ByteBuffer bytes);

  /**
   * A piece of a Win32 backup stream (BackupWrite with security); pieces may be cut anywhere. The
   * emulated host keeps data and link targets and drops what its file system has no place for.
   */
  void writeBackup(ByteBuffer bytes);

  /** Reads the file as a backup stream (BackupRead); -1 at its end. */
  int readBackup(ByteBuffer into);

  /** Sets times and attributes; zero members stay as they are. */
  void setBasicInfo(FileBasicInfo info);

  @Override
  void close();
}
