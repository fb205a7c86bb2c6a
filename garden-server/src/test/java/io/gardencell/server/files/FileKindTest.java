package io.gardencell.server.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;

class FileKindTest {

  private record Attributes(
      boolean isRegularFile, boolean isDirectory, boolean isSymbolicLink, boolean isOther)
      implements BasicFileAttributes {

    @Override
    public FileTime lastModifiedTime() {
      return FileTime.fromMillis(0);
    }

    @Override
    public FileTime lastAccessTime() {
      return lastModifiedTime();
    }

    @Override
    public FileTime creationTime() {
      return lastModifiedTime();
    }

    @Override
    public long size() {
      return 0;
    }

    @Override
    public Object fileKey() {
      return "";
    }
  }

  @Test
  void filesDirectoriesAndLinksAreWhatTheySay() {
    assertThat(FileKind.of(new Attributes(true, false, false, false))).isEqualTo(FileKind.FILE);
    assertThat(FileKind.of(new Attributes(false, true, false, false)))
        .isEqualTo(FileKind.DIRECTORY);
    assertThat(FileKind.of(new Attributes(false, false, true, false)))
        .isEqualTo(FileKind.SYMBOLIC_LINK);
  }

  // On Windows a junction has both marks (the JDK's WindowsFileAttributes).
  @Test
  void aJunctionIsNoDirectory() {
    assertThat(FileKind.of(new Attributes(false, true, false, true))).isEqualTo(FileKind.OTHER);
  }
}
