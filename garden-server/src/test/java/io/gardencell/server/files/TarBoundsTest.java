package io.gardencell.server.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.api.files.ArchiveBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that are made to cost memory or time (issue 4: bounded memory, hostile input). */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class TarBoundsTest {

  private static final int BLOCK = 512;
  private static final int TYPE = 156;
  private static final int SUM = 148;

  private Path root = Path.of("");

  @BeforeEach
  void useRoot(@TempDir Path fresh) {
    root = fresh;
  }

  private void receive(InputStream tar) throws IOException {
    TarReceiver.open(new ContainerRoot(root), ContainerPath.ofDirectory("/"), () -> false)
        .receive(tar);
  }

  private void receive(Archive archive) throws IOException {
    receive(new ByteArrayInputStream(archive.bytes()));
  }

  /** Ones without end, counted. */
  private static final class Endless extends InputStream {

    private long taken;

    @Override
    public int read() {
      taken++;
      return '1';
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      Arrays.fill(into, offset, offset + length, (byte) '1');
      taken += length;
      return length;
    }
  }

  // A long name is kept in memory by the library, however long it says that it is.
  @ParameterizedTest
  @ValueSource(
      bytes = {
        TarConstants.LF_GNUTYPE_LONGNAME,
        TarConstants.LF_GNUTYPE_LONGLINK,
        TarConstants.LF_PAX_EXTENDED_HEADER_LC,
        TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER
      })
  void aHeaderThatDoesNotEndIsRefusedEarly(byte type) throws IOException {
    TarArchiveEntry header = new TarArchiveEntry("header", type, true);
    header.setSize(4L << 30);
    byte[] block = new byte[BLOCK];
    header.writeEntryHeader(block);
    ByteArrayOutputStream begin = new ByteArrayOutputStream();
    begin.write(block);
    begin.write("2000000000 path=".getBytes(StandardCharsets.US_ASCII));
    Endless endless = new Endless();

    assertThatThrownBy(
            () ->
                receive(
                    new SequenceInputStream(
                        new ByteArrayInputStream(begin.toByteArray()), endless)))
        .isInstanceOf(GardenException.class)
        .hasMessage("headers of an entry: more than 262144 bytes");

    assertThat(endless.taken).isLessThanOrEqualTo(ArchiveBytes.MAX_HEADER_BYTES);
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void aNameAsDeepAsAllowedIsTaken() throws IOException {
    String name = "a/".repeat(255) + "f";

    receive(new Archive().file(name, "x"));

    assertThat(root.resolve(name)).hasContent("x");
  }

  // The time for a name grows with the cube of its depth: 1900 levels took minutes.
  @ParameterizedTest
  @CsvSource({
    "1900, 1900 levels (expected: at most 255)",
    "2050, 4101 characters (expected: at most 4096)"
  })
  void aNameDeeperOrLongerThanAnyFilesIsRefused(int levels, String excess) {
    String name = "a/".repeat(levels) + "f";

    assertThatThrownBy(() -> receive(new Archive().file(name, "x")))
        .hasMessageContaining("...' has a name of " + excess + ", refused");
    assertThatThrownBy(() -> ContainerPath.ofDirectory(name)).hasMessage("path of " + excess);
    assertThat(root).isEmptyDirectory();
  }

  // POSIX lets a link carry the file's content; here it is more than headers may be.
  @Test
  void contentOfALinkIsPassedOver() throws IOException {
    byte[] tar =
        new Archive().file("f", "file").file("l", "x".repeat(1 << 20)).file("g", "after").bytes();
    byte[] header = Arrays.copyOfRange(tar, 2 * BLOCK, 3 * BLOCK);
    header[TYPE] = TarConstants.LF_LINK;
    header[TYPE + 1] = 'f';
    Arrays.fill(header, SUM, TYPE, (byte) ' ');
    TarUtils.formatCheckSumOctalBytes(TarUtils.computeCheckSum(header), header, SUM, TYPE - SUM);
    System.arraycopy(header, 0, tar, 2 * BLOCK, BLOCK);

    receive(new ByteArrayInputStream(tar));

    assertThat(root.resolve("l")).hasContent("file");
    assertThat(root.resolve("g")).hasContent("after");
  }

  @Test
  void aNameThatTheHostCannotGiveIsRefusedByName() {
    assertThatThrownBy(() -> Folder.ofRoot(root).child("a\0b"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("can be no file's name here");
  }

  @Test
  void aDirectoryOfVeryManyEntriesComesOutWhole() throws IOException {
    Path many = Files.createDirectories(root.resolve("many"));
    for (int i = 0; i < 1500; i++) {
      Files.createFile(many.resolve("file-" + i));
    }
    Files.createDirectories(many.resolve("sub/folder"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    TarSource.open(new ContainerRoot(root), ContainerPath.ofDirectory("/many"), () -> false)
        .writeTo(bytes);
    Path copy = Files.createDirectories(root.resolve("copy"));
    TarReceiver.open(new ContainerRoot(root), ContainerPath.ofDirectory("/copy"), () -> false)
        .receive(new ByteArrayInputStream(bytes.toByteArray()));

    try (var entries = Files.list(copy.resolve("many"))) {
      assertThat(entries).hasSize(1501);
    }
    assertThat(copy.resolve("many/sub/folder")).isEmptyDirectory();
  }
}
