package io.gardencell.server.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class TarSourceTest {

  private Path root = Path.of("");
  private Path outside = Path.of("");

  @BeforeEach
  void useRoot(@TempDir Path fresh) throws IOException {
    root = Files.createDirectory(fresh.resolve("root"));
    outside = Files.createDirectory(fresh.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "secret");
  }

  private TarSource open(String path) throws IOException {
    return TarSource.open(new ContainerRoot(root), ContainerPath.ofUser("", path), () -> false);
  }

  private Map<String, String> entries(String path) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    open(path).writeTo(bytes);
    Map<String, String> entries = new LinkedHashMap<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(bytes.toByteArray()), "UTF-8")) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        String content = new String(tar.readAllBytes(), StandardCharsets.UTF_8);
        entries.put(
            entry.getName(), entry.isSymbolicLink() ? "-> " + entry.getLinkName() : content);
      }
    }
    return entries;
  }

  @Test
  void linksAreSentAsLinksAndNeverFollowed() throws IOException {
    Files.createDirectory(root.resolve("d"));
    Files.createSymbolicLink(root.resolve("d/file"), outside.resolve("secret"));
    Files.createSymbolicLink(root.resolve("d/folder"), outside);

    assertThat(entries("/d"))
        .containsExactly(
            Map.entry("d/", ""),
            Map.entry("d/file", "-> " + outside + "/secret"),
            Map.entry("d/folder", "-> " + outside));
    assertThat(entries("/d/file")).containsExactly(Map.entry("file", "-> " + outside + "/secret"));
  }

  @Test
  void aPathThroughALinkLeadsNowhere() throws IOException {
    Files.createSymbolicLink(root.resolve("link"), outside);

    assertThatThrownBy(() -> open("/link/secret")).hasMessage("link is a link, not followed");
    assertThatThrownBy(() -> open("/link/")).hasMessage("link is a link, not followed");
    assertThatThrownBy(() -> open("/../outside/secret")).isInstanceOf(IOException.class);
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.SECONDS)
  void pipesAreLeftOutAndNotOpened() throws Exception {
    Files.createDirectory(root.resolve("d"));
    Files.writeString(root.resolve("d/file"), "content");
    Process mkfifo = new ProcessBuilder("mkfifo", root.resolve("d/pipe").toString()).start();
    assertThat(mkfifo.waitFor()).isZero();

    assertThat(entries("/d/")).containsOnlyKeys("./", "./file");
    assertThatThrownBy(() -> open("/d/pipe")).hasMessageContaining("pipe is neither");
  }

  @Test
  void longNamesComeOutWhole() throws IOException {
    String name = "ordner-ünïcödé/".repeat(20) + "x".repeat(150);
    Files.createDirectories(root.resolve(name).getParent());
    Files.writeString(root.resolve(name), "deep");

    assertThat(entries("/")).containsEntry("./" + name, "deep");
  }

  @Test
  void namesAreFoundAsNtfsFindsThem() throws IOException {
    Files.createDirectories(root.resolve("Users/Bob"));
    Files.writeString(root.resolve("Users/Bob/File.TXT"), "content");

    assertThat(entries("c:\\USERS\\bob\\file.txt")).containsEntry("File.TXT", "content");
  }

  @Test
  void aFileThatChangesItsSizeMeanwhileStillMakesAWholeArchive() throws IOException {
    Path changing = root.resolve("a");
    Files.write(changing, new byte[100_000]);
    Files.writeString(root.resolve("b"), "after");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    OutputStream shrinking =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] piece, int offset, int length) throws IOException {
            bytes.write(piece, offset, length);
            // The head of the directory and of the file are out, the content is not.
            if (bytes.size() > 1024) {
              Files.write(changing, new byte[10]);
            }
          }
        };

    open("/").writeTo(shrinking);

    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      tar.getNextEntry();
      assertThat(tar.getNextEntry().getSize()).isEqualTo(100_000);
      assertThat(tar.readAllBytes()).hasSize(100_000);
      assertThat(tar.getNextEntry().getName()).isEqualTo("./b");
      assertThat(tar.readAllBytes()).asString().isEqualTo("after");
    }
  }

  // garden-api.md §7: PAX where the old format has no room
  @Test
  void longTargetsOfLinksComeOutWhole() throws IOException {
    String target = "t/".repeat(120) + "end";
    Files.createSymbolicLink(root.resolve("link"), Path.of(target));

    assertThat(entries("/")).containsEntry("./link", "-> " + target);
  }

  @Test
  void filesBeyondEightGibibytesSayTheirSize() throws IOException {
    try (RandomAccessFile large = new RandomAccessFile(root.resolve("large").toFile(), "rw")) {
      large.setLength(9L << 30);
    }
    ByteArrayOutputStream begin = new ByteArrayOutputStream();
    OutputStream first =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] piece, int offset, int length) throws IOException {
            begin.write(piece, offset, length);
            if (begin.size() > 1 << 16) {
              throw new IOException("enough");
            }
          }
        };
    assertThatThrownBy(() -> open("/large").writeTo(first)).hasMessage("enough");

    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(begin.toByteArray()))) {
      assertThat(tar.getNextEntry().getSize()).isEqualTo(9L << 30);
    }
  }

  // docs/protocol.md: each name is a file of its own
  @Test
  void hardLinksAreSentAsFiles() throws IOException {
    Files.writeString(root.resolve("a"), "same");
    Files.createLink(root.resolve("b"), root.resolve("a"));

    assertThat(entries("/")).containsEntry("./a", "same").containsEntry("./b", "same");
  }

  // guardian.md §15 W
  @Test
  void timesAndModesAreTold() throws IOException {
    Path file = Files.writeString(root.resolve("f"), "x");
    FileTime then = FileTime.from(Instant.parse("2001-02-03T04:05:06Z"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x--x"));
    Files.setLastModifiedTime(file, then);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    open("/f").writeTo(bytes);

    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      TarArchiveEntry entry = tar.getNextEntry();
      assertThat(entry.getLastModifiedTime()).isEqualTo(then);
      assertThat(entry.getMode() & 0777).isEqualTo(0751);
    }
  }
}
