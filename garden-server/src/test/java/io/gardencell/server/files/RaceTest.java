package io.gardencell.server.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** Puts a link out of the container in the place of the folder. */
  private void exchangeOnce() throws IOException {
    Files.move(root.resolve("d"), root.resolve("kept"));
    Files.createSymbolicLink(root.resolve("d"), outside);
  }

  // At the worst moment: the folder was looked at and listed, its file is not yet open.
  @Test
  void aFolderThatIsExchangedBeforeItsFileIsOpenedIsNotLeft() throws Exception {
    Files.writeString(root.resolve("d/f0"), "public");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    OutputStream exchanging =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] piece, int offset, int length) throws IOException {
            if (bytes.size() == 0) {
              exchangeOnce();
            }
            bytes.write(piece, offset, length);
          }
        };

    assertThatThrownBy(
            () ->
                TarSource.open(
                        new ContainerRoot(root), ContainerPath.ofDirectory("/d/"), () -> false)
                    .writeTo(exchanging))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("d is a link, not followed");

    assertThat(root.resolve("d")).isSymbolicLink();
    assertThat(bytes.toString(StandardCharsets.UTF_8)).doesNotContain("secret");
  }

  // At each byte of an archive: between its entries, and while a file's content comes.
  @ParameterizedTest
  @ValueSource(ints = {0, 512, 600, 1024, 1536})
  void aFolderThatIsExchangedWhileAnArchiveComesGetsNothing(int when) throws Exception {
    byte[] tar = new Archive().file("f1", "uploaded").file("f2", "uploaded").bytes();
    InputStream exchanging =
        new SequenceInputStream(
            new ByteArrayInputStream(tar, 0, when),
            new InputStream() {
              private int at = when;

              @Override
              public int read() throws IOException {
                if (at == when) {
                  exchangeOnce();
                }
                return at < tar.length ? tar[at++] & 0xff : -1;
              }
            });

    assertThatThrownBy(
            () ->
                TarReceiver.open(
                        new ContainerRoot(root), ContainerPath.ofDirectory("/d"), () -> false)
                    .receive(exchanging))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("d is a link, not followed");

    assertThat(outside).isDirectoryNotContaining(file -> !file.endsWith("f0"));
    assertThat(outside.resolve("f0")).hasContent("secret");
  }
}
