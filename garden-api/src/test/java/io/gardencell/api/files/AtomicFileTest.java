package io.gardencell.api.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

  @Test
  void writesAndReplacesAndLeavesNothingBeside(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("a/b/state.json");

    AtomicFile.write(file, "old");
    AtomicFile.writeUnforced(file, "grüß Gott");

    assertThat(file).hasContent("grüß Gott");
    assertThat(names(dir.resolve("a/b"))).containsExactly("state.json");
  }

  @Test
  void aFailureLeavesTheOldContentAndNoFileOfItsOwn(@TempDir Path dir) throws IOException {
    Path inTheWay = dir.resolve("state.json");
    Files.createDirectories(inTheWay.resolve("full"));

    assertThatThrownBy(() -> AtomicFile.write(inTheWay, "new")).isInstanceOf(IOException.class);

    assertThat(names(dir)).containsExactly("state.json");
    assertThat(inTheWay.resolve("full")).isDirectory();
  }

  @Test
  void readersSeeWholeContentsWhileTwoWrite(@TempDir Path dir)
      throws IOException, ExecutionException, InterruptedException {
    Path file = dir.resolve("state.json");
    String one = "1".repeat(20_000);
    String two = "2".repeat(30_000);
    AtomicFile.writeUnforced(file, one);
    CompletableFuture<Void> first = CompletableFuture.runAsync(() -> writeOften(file, one));
    CompletableFuture<Void> second = CompletableFuture.runAsync(() -> writeOften(file, two));

    CompletableFuture<Void> both = CompletableFuture.allOf(first, second);
    do {
      assertThat(Files.readString(file)).isIn(one, two);
    } while (!both.isDone());

    both.get();
    assertThat(names(dir)).containsExactly("state.json");
  }

  private static void writeOften(Path file, String text) {
    for (int i = 0; i < 200; i++) {
      try {
        AtomicFile.writeUnforced(file, text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Stream<String> names(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(p -> p.getFileName().toString()).toList().stream();
    }
  }

  @Test
  void whatAKilledWriterLeftIsRemovedAndNothingElse(@TempDir Path place) throws IOException {
    String torn = "." + java.util.UUID.randomUUID() + ".new";
    Path file = Files.writeString(place.resolve("a.json"), "old");
    Path left = Files.writeString(place.resolve("a.json" + torn), "half");
    Path others = Files.writeString(place.resolve("b.json" + torn), "half");
    Path own = Files.writeString(place.resolve("a.json.new"), "somebody's");

    AtomicFile.removeLeftovers(file);
    AtomicFile.removeLeftovers(place.resolve("absent/a.json"));

    assertThat(left).doesNotExist();
    assertThat(List.of(file, others, own)).allMatch(Files::exists);
  }
}
