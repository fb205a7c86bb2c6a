package io.gardencell.emulator.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentsTest {

  record Named(String name) {}

  @Test
  void documentsWhoseFilesAreGoneAreNotKeptForEver(@TempDir Path directory) throws IOException {
    Documents<Named> documents = new Documents<>(new StateDirectory(directory), Named.class);
    Path stays = write(directory, "stays");
    for (int i = 0; i < 2_000; i++) {
      Path file = write(directory, "n" + i);
      assertThat(documents.read(file)).contains(new Named("n" + i));
      Files.delete(file);
    }

    assertThat(documents.read(stays)).contains(new Named("stays"));
    assertThat(documents.kept()).isLessThan(300);
  }

  private static Path write(Path directory, String name) throws IOException {
    return Files.writeString(
        Files.createDirectories(directory.resolve(name)).resolve("document.json"),
        "{\"name\":\"" + name + "\"}");
  }
}
