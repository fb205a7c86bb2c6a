package io.gardencell.server.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TarReceiverTest {

  private Path folder = Path.of("");

  @BeforeEach
  void useFolder(@TempDir Path fresh) {
    folder = fresh;
  }

  private static byte[] archive(String name, String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      TarArchiveEntry entry = new TarArchiveEntry(name, true);
      entry.setSize(content.length());
      tar.putArchiveEntry(entry);
      tar.write(content.getBytes(StandardCharsets.UTF_8));
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  private void receive(byte[] tar) throws IOException {
    new TarReceiver(folder, () -> false).receive(new ByteArrayInputStream(tar));
  }

  @Test
  void extractsFilesWithTheirFolders() throws IOException {
    receive(archive("a/b/file.txt", "some-body"));
    assertThat(folder.resolve("a/b/file.txt")).hasContent("some-body");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "a/../../x", "/abs", "C:/x", "a\\..\\..\\x"})
  void refusesEntriesThatLeaveTheDestination(String name) throws IOException {
    byte[] tar = archive(name, "evil");
    assertThatThrownBy(() -> receive(tar))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("refused");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void refusesToWriteThroughALinkThatTheContainerPlanted(@TempDir Path outside) throws IOException {
    Files.createSymbolicLink(folder.resolve("out"), outside);
    byte[] tar = archive("out/file", "evil");
    assertThatThrownBy(() -> receive(tar)).hasMessageContaining("is a link");
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void failsOnTheFirstBytesOfAnArchive() throws IOException {
    byte[] cut = Arrays.copyOf(archive("file", "body"), 10);
    assertThatThrownBy(() -> receive(cut)).isInstanceOf(IOException.class);
  }
}
