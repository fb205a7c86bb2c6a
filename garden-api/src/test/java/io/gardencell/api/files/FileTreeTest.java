package io.gardencell.api.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileTreeTest {

  @Test
  void removesATreeAndAbsentIsNoFailure(@TempDir Path dir) throws IOException {
    Path top = dir.resolve("top");
    Files.createDirectories(top.resolve("a/b"));
    Files.writeString(top.resolve("a/b/file"), "x");

    FileTree.remove(top);
    FileTree.remove(top);

    assertThat(top).doesNotExist();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // links need a privilege there; the build runs elsewhere
  void neverFollowsALink(@TempDir Path dir) throws IOException {
    Path kept = Files.createDirectories(dir.resolve("kept"));
    Files.writeString(kept.resolve("file"), "x");
    Path top = Files.createDirectories(dir.resolve("top"));
    Files.createSymbolicLink(top.resolve("link"), kept);
    Path itself = Files.createSymbolicLink(dir.resolve("itself"), kept);

    FileTree.remove(top);
    FileTree.remove(itself);

    assertThat(top).doesNotExist();
    assertThat(itself).doesNotExist();
    assertThat(kept.resolve("file")).hasContent("x");
  }
}
