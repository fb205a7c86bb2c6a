package io.gardencell.server.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TarReceiverTest {

  private Path base = Path.of("");
  private Path folder = Path.of("");
  private Path outside = Path.of("");

  @BeforeEach
  void useFolder(@TempDir Path fresh) throws IOException {
    base = fresh;
    folder = Files.createDirectory(fresh.resolve("folder"));
    outside = Files.createDirectory(fresh.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "secret");
  }

  private void receive(byte[] tar) throws IOException {
    TarReceiver.open(new ContainerRoot(folder), ContainerPath.ofDirectory("/"), () -> false)
        .receive(new ByteArrayInputStream(tar));
  }

  private void receive(Archive archive) throws IOException {
    receive(archive.bytes());
  }

  private void refuses(Archive archive, String reason) {
    assertThatThrownBy(() -> receive(archive))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(reason);
    assertThat(outside).isDirectoryNotContaining(f -> !f.endsWith("secret"));
    assertThat(outside.resolve("secret")).hasContent("secret");
    assertThat(base.resolve("x")).doesNotExist();
  }

  @Test
  void extractsFilesWithTheirFolders() throws IOException {
    receive(new Archive().file("a/b/file.txt", "some-body").file("./c", "c").directory("./"));

    assertThat(folder.resolve("a/b/file.txt")).hasContent("some-body");
    assertThat(folder.resolve("c")).hasContent("c");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void namesMayBeLongAndOfAnyLanguage(boolean posix) throws IOException {
    String name = "ordner-ünïcödé-日本/".repeat(20) + "x".repeat(150);
    Archive archive = posix ? new Archive().posixNames() : new Archive();

    receive(archive.file(name, "deep"));

    assertThat(folder.resolve(name)).hasContent("deep");
  }

  @Test
  void aLaterEntryReplacesAnEarlierOneAndWhatWasThere() throws IOException {
    Files.writeString(folder.resolve("f"), "before");

    receive(new Archive().file("f", "first").file("f", "second").directory("d").directory("d"));

    assertThat(folder.resolve("f")).hasContent("second");
  }

  @Test
  void anExecutableFileStaysOneAndNoBitMakesItsUserAnother() throws IOException {
    receive(new Archive().file("run", "#!", 0755).file("odd", "", 06711));

    assertThat(folder.resolve("run")).isExecutable();
    assertThat(Files.getAttribute(folder.resolve("odd"), "unix:mode")).isEqualTo(0100711);
  }

  @Test
  void linksBelowTheDestinationAreMade() throws IOException {
    receive(
        new Archive()
            .file("d/file", "content")
            .symbolicLink("d/soft", "file")
            .symbolicLink("up", "d/../d/file")
            .hardLink("hard", "d/file"));

    assertThat(folder.resolve("d/soft")).isSymbolicLink().hasContent("content");
    assertThat(folder.resolve("up")).hasContent("content");
    assertThat(Files.isSameFile(folder.resolve("hard"), folder.resolve("d/file"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "a/../../x", "/x", "C:/x", "a\\..\\..\\x", "c:x", "a:stream"})
  void refusesEntriesThatLeaveTheDestination(String name) {
    refuses(new Archive().file(name, "evil"), "refused");
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../outside", "/etc", "C:\\Windows", "\\\\host\\share", "a/../../outside"})
  void refusesSymbolicLinksOutOfTheDestination(String target) {
    refuses(new Archive().symbolicLink("link", target), "would leave the destination, refused");
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../outside/secret", "/etc/passwd", "planted/secret"})
  void refusesHardLinksToFilesOutside(String target) throws IOException {
    Files.createSymbolicLink(folder.resolve("planted"), outside);

    assertThatThrownBy(() -> receive(new Archive().hardLink("hard", target)))
        .isInstanceOf(IOException.class);
    assertThat(folder.resolve("hard")).doesNotExist();
  }

  @Test
  void refusesHardLinksToLinksAndToNothing() throws IOException {
    Files.createSymbolicLink(folder.resolve("planted"), outside.resolve("secret"));

    refuses(new Archive().hardLink("hard", "planted"), "no such file");
    refuses(new Archive().hardLink("hard", "nothing"), "no such file");
  }

  @Test
  void refusesToWriteThroughALinkThatTheContainerPlanted() throws IOException {
    Files.createSymbolicLink(folder.resolve("out"), outside);

    refuses(new Archive().file("out/file", "evil"), "is a link");
    refuses(new Archive().directory("out/d"), "is a link");
    refuses(new Archive().directory("out"), "is a link");
    refuses(new Archive().symbolicLink("out/l", "x"), "is a link");
  }

  @Test
  void refusesToWriteThroughALinkOfTheSameArchive() {
    refuses(
        new Archive().directory("d").symbolicLink("l", "d").file("l/file", "evil"), "is a link");
  }

  @Test
  void aLinkInTheWayOfAFileIsReplacedAndItsTargetLeftAlone() throws IOException {
    Files.createSymbolicLink(folder.resolve("soft"), outside.resolve("secret"));
    Files.createLink(folder.resolve("hard"), outside.resolve("secret"));

    receive(new Archive().file("soft", "new").file("hard", "new"));

    assertThat(folder.resolve("soft")).isRegularFile().hasContent("new");
    assertThat(folder.resolve("hard")).hasContent("new");
    assertThat(outside.resolve("secret")).hasContent("secret");
  }

  @ParameterizedTest
  @ValueSource(bytes = {TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO})
  void refusesWhatIsNeitherFileNorDirectoryNorLink(byte type) {
    refuses(new Archive().special("odd", type), "entry 'odd' is a device, refused");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFileDoesNotReplaceADirectoryNorADirectoryAFile() throws IOException {
    Files.createDirectories(folder.resolve("d/kept"));
    Files.writeString(folder.resolve("f"), "kept");

    refuses(new Archive().file("d", ""), "d is a directory, not replaced");
    refuses(new Archive().file("f/x", ""), "f is not a directory");
    assertThat(folder.resolve("f")).hasContent("kept");
  }

  @Test
  void everyCutOfAnArchiveIsAFailureAndWhatCameBeforeStays() throws IOException {
    byte[] whole = new Archive().file("a", "a".repeat(700)).file("b", "b").bytes();
    int end = 512 + 1024 + 512 + 512;
    for (int length : new int[] {10, 511, 513, 1000, 1535, 1537, 2047, 2049, end - 1}) {
      assertThatThrownBy(() -> receive(Arrays.copyOf(whole, length)))
          .as("cut at " + length)
          .isInstanceOf(IOException.class);
    }
    assertThat(folder.resolve("a")).hasSize(700);
    // The zeros at the end may be missing, and an archive may be nothing.
    assertThatCode(() -> receive(Arrays.copyOf(whole, end))).doesNotThrowAnyException();
    assertThatCode(() -> receive(new byte[0])).doesNotThrowAnyException();
  }

  @Test
  void whatIsNoArchiveIsToldSo() {
    byte[] noise = "this is no tar archive ".repeat(100).substring(0, 2048).getBytes();

    assertThatThrownBy(() -> receive(noise)).isInstanceOf(IOException.class);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFileThatIsCutLeavesWhatWasThereAsItWas() throws IOException {
    Files.writeString(folder.resolve("f"), "before");
    byte[] cut = Arrays.copyOf(new Archive().file("f", "after".repeat(300)).bytes(), 1024);

    assertThatThrownBy(() -> receive(cut)).isInstanceOf(IOException.class);

    assertThat(folder.resolve("f")).hasContent("before");
    assertThat(folder).isDirectoryNotContaining("glob:**.incoming*");
  }

  @Test
  void aDestroyEndsItInTheMiddleOfAFile() throws IOException {
    AtomicBoolean cancelled = new AtomicBoolean(true);

    assertThatThrownBy(
            () ->
                TarReceiver.open(
                        new ContainerRoot(folder), ContainerPath.ofDirectory("/"), cancelled::get)
                    .receive(new ByteArrayInputStream(new Archive().file("f", "x").bytes())))
        .hasMessage("container is being destroyed");
    assertThat(folder).isEmptyDirectory();
  }

  // guardian.md §15 W: times are kept, of directories too, which what comes later would change
  @Test
  void filesAndFoldersKeepTheirTimes() throws IOException {
    FileTime then = FileTime.from(Instant.parse("2001-02-03T04:05:06Z"));

    receive(new Archive().at(then).directory("d").file("d/f", "x"));

    assertThat(Files.getLastModifiedTime(folder.resolve("d"))).isEqualTo(then);
    assertThat(Files.getLastModifiedTime(folder.resolve("d/f"))).isEqualTo(then);
  }
}
