package io.gardencell.hcs;

/**
 * FILE_BASIC_INFO: times are FILETIMEs (100 ns since 1601-01-01 UTC), 0 means "leave unchanged".
 *
 * @param creationTime when it was made
 * @param lastAccessTime last read
 * @param lastWriteTime last change of the content
 * @param changeTime last change of anything
 * @param attributes FILE_ATTRIBUTE bits
 */
public record FileBasicInfo(
    long creationTime, long lastAccessTime, long lastWriteTime, long changeTime, int attributes) {

  /** FILE_ATTRIBUTE_READONLY. */
  public static final int READ_ONLY = 0x1;

  /** FILE_ATTRIBUTE_DIRECTORY. */
  public static final int DIRECTORY = 0x10;

  /** FILE_ATTRIBUTE_REPARSE_POINT. */
  public static final int REPARSE_POINT = 0x400;

  /** Whether it is a directory. */
  public boolean isDirectory() {
    return (attributes & DIRECTORY) != 0;
  }

  /** Whether it is a link or another reparse point. */
  public boolean isReparsePoint() {
    return (attributes & REPARSE_POINT) != 0;
  }
}
