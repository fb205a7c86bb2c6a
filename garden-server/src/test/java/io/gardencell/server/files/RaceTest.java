package io.gardencell.server.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process of the container exchanges a folder for a link out of the container, over and over. */
class RaceTest {

  private static final int ROUNDS = 400;

  private Path root = Path.of("");
  private Path outside = Path.of("");

  @BeforeEach
  void useRoot(@TempDir Path fresh) throws IOException {
    root = Files.createDirectories(fresh.resolve("root"));
    Files.createDirectory(root.resolve("d"));
    outside = Files.createDirectory(fresh.resolve("outside"));
    Files.writeString(outside.resolve("f0"), "secret");
  }

  /** The folder is there, then a link, then the folder again. */
  private void exchange(AtomicBoolean over) throws IOException {
    Path d = root.resolve("d");
    Path link = Files.createSymbolicLink(root.resolve("link"), outside);
    while (!over.get()) {
      Files.move(d, root.resolve("kept"), StandardCopyOption.ATOMIC_MOVE);
      put(link, d);
      takeBack(d, link);
      put(root.resolve("kept"), d);
    }
  }

  /** An upload that is making the folder may have taken the link away, or have made the folder. */
  private void takeBack(Path d, Path link) throws IOException {
    try {
      Files.move(d, link, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException takenAway) {
      assertThat(link).doesNotExist();
    }
    if (!Files.isSymbolicLink(link)) {
      if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
        Files.move(link, root.resolve("aside-" + UUID.randomUUID()));
      }
      Files.createSymbolicLink(link, outside);
    }
  }

  /** An upload may have made a folder of that name meanwhile, which then goes aside. */
  private void put(Path from, Path to) throws IOException {
    while (Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
      if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
        Files.move(to, root.resolve("aside-" + UUID.randomUUID()));
      }
      try {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
      } catch (FileSystemException madeAgain) {
        assertThat(to).isDirectory();
      }
    }
  }

  @FunctionalInterface
  private interface Attempt {
    void make() throws IOException;
  }

  /** Many attempts, most of which fail; the last one is left alone and succeeds. */
  private void attempts(Attempt attempt) throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService other = Executors.newSingleThreadExecutor();
    Future<?> exchanging =
        other.submit(
            () -> {
              exchange(over);
              return true;
            });
    try {
      for (int round = 0; round < ROUNDS; round++) {
        try {
          attempt.make();
        } catch (IOException noticed) {
          assertThat(noticed).hasMessageNotContaining("secret");
        }
      }
    } finally {
      over.set(true);
      exchanging.get();
      other.shutdown();
    }
    attempt.make();
  }

  @Test
  void nothingIsWrittenOutsideByAnUploadMeanwhile() throws Exception {
    Archive archive = new Archive();
    for (int i = 1; i < 5; i++) {
      archive.file("f" + i, "uploaded");
    }
    byte[] tar = archive.hardLink("stolen", "f0").bytes();
    Files.writeString(root.resolve("d/f0"), "uploaded");
    attempts(
        () ->
            TarReceiver.open(new ContainerRoot(root), ContainerPath.ofDirectory("/d"), () -> false)
                .receive(new ByteArrayInputStream(tar)));

    try (Stream<Path> there = Files.list(outside)) {
      List<Path> written = there.filter(p -> !p.endsWith("f0")).toList();
      assertThat(written)
          .allSatisfy(
              p -> {
                assertThat(p.getFileName().toString()).startsWith(".incoming-");
                // Nothing, or a second name of what was there.
                assertThat(Files.readString(p)).isIn("", "secret");
              });
    }
    assertThat(outside.resolve("f0")).hasContent("secret");
    try (Stream<Path> inside = Files.walk(root)) {
      // One that was being made when the folder went may be left, without anything of ours outside.
      assertThat(inside.filter(Files::isRegularFile))
          .isNotEmpty()
          .allSatisfy(file -> assertThat(Files.readString(file)).isIn("", "uploaded"));
    }
  }

  @Test
  void nothingIsReadOutsideByADownloadMeanwhile() throws Exception {
    Files.writeString(root.resolve("d/f0"), "public");

    attempts(
        () -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          try {
            TarSource.open(new ContainerRoot(root), ContainerPath.ofDirectory("/d/"), () -> false)
                .writeTo(bytes);
          } finally {
            assertThat(bytes.toString(StandardCharsets.UTF_8)).doesNotContain("secret");
          }
        });
  }
}
