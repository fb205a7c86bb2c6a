package io.gardencell.server.gardener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.server.route.BackendContainer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files into a container and out of it, on the directory that its plugin says is its root. */
class ContainerFilesTest extends GardenerTest {

  private static final String BODY = "some-body";

  private Path root() {
    return directory.resolve("roots/c");
  }

  private static byte[] archive(TarArchiveEntry entry, String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      entry.setSize(content.length());
      tar.putArchiveEntry(entry);
      tar.write(content.getBytes(StandardCharsets.UTF_8));
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  private static void streamIn(BackendContainer container, String user, String to, byte[] tar)
      throws IOException {
    container.streamIn(user, to, new ByteArrayInputStream(tar));
  }

  private List<String> streamedOut(String user, String source) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (BackendContainer.FileSource files = get("c").streamOut(user, source)) {
      files.writeTo(bytes);
    }
    List<String> names = new ArrayList<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      TarArchiveEntry entry = tar.getNextEntry();
      while (entry != null) {
        names.add(entry.getName());
        entry = tar.getNextEntry();
      }
    }
    return names;
  }

  // guardian.md §20 cases 50, 51; §18 A24, A25, A26
  @ParameterizedTest
  @CsvSource({
    "'', C:\\some-root, some-root",
    "'', /some-root, some-root",
    "'', \\some-root\\, some-root",
    "'', c:/a/../b/./c, b/c",
    "'', /, ''",
    "alice, ., Users/alice",
    "alice, some\\dir, Users/alice/some/dir",
    "'', some-dir, Users/ContainerAdministrator/some-dir",
    "alice, ..\\..\\..\\x, x"
  })
  void aDestinationIsFoundAsWindowsFindsItAndMadeWhereItIsMissing(
      String user, String destination, String expected) throws IOException {
    streamIn(create("c"), user, destination, archive(new TarArchiveEntry("d/file"), BODY));

    assertThat(root().resolve(expected).resolve("d/file")).hasContent(BODY);
  }

  // guardian.md §20 case 51
  @Test
  void anExistingDestinationStaysAsItIs() throws IOException {
    BackendContainer container = create("c");
    Path kept = Files.createDirectories(root().resolve("Kept"));
    Files.writeString(kept.resolve("old"), "old");
    var before = Files.getPosixFilePermissions(kept);

    streamIn(container, "", "C:\\kept", archive(new TarArchiveEntry("new"), BODY));

    assertThat(kept.resolve("old")).hasContent("old");
    assertThat(kept.resolve("new")).hasContent(BODY);
    assertThat(Files.getPosixFilePermissions(kept)).isEqualTo(before);
  }

  // guardian.md §20 case 52; §18 A27
  @Test
  void theFirstBytesOfAnArchiveAreNone() throws IOException {
    BackendContainer container = create("c");
    byte[] cut = Arrays.copyOf(archive(new TarArchiveEntry("file"), BODY), 10);

    assertThatThrownBy(() -> streamIn(container, "", "/", cut))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("tar extract failed");
  }

  // guardian.md §20 case 53
  @ParameterizedTest
  @ValueSource(strings = {"..\\x", "/abs", "C:\\x", "a/../../x"})
  void anEntryThatLeavesTheDestinationIsRefused(String name) throws IOException {
    BackendContainer container = create("c");

    assertThatThrownBy(
            () ->
                streamIn(
                    container, "", "/d", archive(new TarArchiveEntry(name, (byte) '0', true), "x")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("refused");
    assertThat(root().resolve("d")).isEmptyDirectory();
    assertThat(root().resolve("x")).doesNotExist();
  }

  // guardian.md §20 case 53
  @Test
  void aLinkThatLeavesTheDestinationIsRefused() throws IOException {
    BackendContainer container = create("c");
    TarArchiveEntry link = new TarArchiveEntry("out", TarConstants.LF_SYMLINK);
    link.setLinkName("../../outside");

    assertThatThrownBy(() -> streamIn(container, "", "/d", archive(link, "")))
        .hasMessageContaining("would leave the destination, refused");
  }

  // guardian.md §20 case 54; §18 A28, A29
  @ParameterizedTest
  @CsvSource({
    "C:\\outer\\inner, 'inner/,inner/file'",
    "/outer/inner/, './,./file'",
    "C:\\outer\\inner\\, './,./file'",
    "/outer/inner/file, file"
  })
  void aSourceIsNamedAndWithASeparatorAtItsEndItsContentIs(String source, String names)
      throws IOException {
    create("c");
    Files.createDirectories(root().resolve("outer/inner"));
    Files.writeString(root().resolve("outer/inner/file"), BODY);

    assertThat(streamedOut("", source)).containsExactly(names.split(","));
  }

  // guardian.md §20 case 55
  @Test
  void aMissingSourceFailsBeforeTheFirstByteAndIsNotMade() {
    create("c");

    assertThatThrownBy(() -> get("c").streamOut("alice", "some/where/"))
        .isInstanceOf(GardenException.class)
        .hasMessageStartingWith("stream-out: some/where/: ");
    assertThat(root().resolve("Users")).doesNotExist();
  }

  @Test
  void aLinkThatTheContainerPlantedIsNotFollowed() throws IOException {
    BackendContainer container = create("c");
    Path outside = Files.createDirectories(directory.resolve("outside"));
    Files.createSymbolicLink(root().resolve("planted"), outside);

    assertThatThrownBy(
            () -> streamIn(container, "", "/planted/x", archive(new TarArchiveEntry("f"), BODY)))
        .hasMessageContaining("is a link, not followed");
    assertThatThrownBy(() -> container.streamOut("", "/planted/x"))
        .hasMessageContaining("is a link, not followed");
    assertThat(outside).isEmptyDirectory();
  }
}
