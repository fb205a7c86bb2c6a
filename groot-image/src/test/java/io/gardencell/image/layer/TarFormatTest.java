package io.gardencell.image.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.files.ArchiveBytes;
import io.gardencell.image.source.ByteLimit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a tar may look like, and what it must not (groot-image.md §10.2). */
class TarFormatTest extends UnpackTestCase {

  private static final String SPARSE = "hello" + "\0".repeat(995) + "world" + "\0".repeat(95);
  private static final String MAP = "3\n0\n5\n1000\n5\n1100\n0\n";

  private static RawTar files() {
    return new RawTar().header("Files/", '5', 0);
  }

  /** Offsets and lengths of what is no hole. */
  private static Consumer<byte[]> oldMap(long size, long... map) {
    return block -> {
      RawTar.put(block, 257, "ustar  \0");
      for (int i = 0; i < map.length; i++) {
        RawTar.number(block, 386 + 12 * i, map[i]);
      }
      RawTar.number(block, 483, size);
    };
  }

  private static Stream<RawTar> sparseArchives() {
    return Stream.of(
        files() // old GNU, its map in the header
            .header("Files/s", 'S', 10, oldMap(SPARSE.length(), 0, 5, 1000, 5, 1100, 0))
            .content("helloworld"),
        files() // PAX 0.0, a record for each number
            .records(
                'x',
                "GNU.sparse.size=" + SPARSE.length(),
                "GNU.sparse.numblocks=3",
                "GNU.sparse.offset=0",
                "GNU.sparse.numbytes=5",
                "GNU.sparse.offset=1000",
                "GNU.sparse.numbytes=5",
                "GNU.sparse.offset=1100",
                "GNU.sparse.numbytes=0")
            .file("Files/s", "helloworld"),
        files() // PAX 0.1, one record
            .records(
                'x',
                "GNU.sparse.size=" + SPARSE.length(),
                "GNU.sparse.numblocks=3",
                "GNU.sparse.map=0,5,1000,5,1100,0",
                "GNU.sparse.name=Files/s")
            .file("GNUSparseFile.1/s", "helloworld"),
        files() // PAX 1.0, its map in front of the data
            .records(
                'x',
                "GNU.sparse.major=1",
                "GNU.sparse.minor=0",
                "GNU.sparse.name=Files/s",
                "GNU.sparse.realsize=" + SPARSE.length())
            .header("GNUSparseFile.1/s", '0', 522)
            .content(MAP)
            .content("helloworld"));
  }

  // groot-image.md §23 case 116
  @ParameterizedTest
  @MethodSource("sparseArchives")
  void fillsTheHolesOfSparseFiles(RawTar archive) {
    long size = unpack(archive.file("Files/next", "x").end(), parents);

    byte[] stream = transport("Files\\s");
    assertThat(declaredSize(stream)).isEqualTo(SPARSE.length());
    assertThat(new String(stream, 24, stream.length - 24, StandardCharsets.ISO_8859_1))
        .isEqualTo(SPARSE);
    assertThat(size).isEqualTo(SPARSE.length() + 1);
  }

  /** The size in the header of the first stream of a transport file. */
  private static long declaredSize(byte[] transport) {
    return ByteBuffer.wrap(transport).order(ByteOrder.LITTLE_ENDIAN).getLong(4 + 8);
  }

  // groot-image.md §23 case 117: the archive ends early, but its size was understood
  @Test
  void readsSizesBeyondEightGibibytes() {
    long size = (8L << 30) + 5;
    limit = ByteLimit.ofLayer(Long.MAX_VALUE);
    for (RawTar archive :
        List.of(
            files().header("Files/big", '0', size), // base-256
            files().records('x', "size=" + size).header("Files/big", '0', 0))) {
      folder.nodes.clear();
      assertThatThrownBy(() -> unpack(archive.content("begin").cut(), parents))
          .hasMessageContaining("unexpected EOF");
      assertThat(declaredSize(transport("Files\\big"))).isEqualTo(size);
    }
  }

  @Test
  void refusesArchivesThatBreakOff() {
    byte[] whole = files().file("Files/a", "0123456789").end();
    for (int length : new int[] {512 + 100, 1024 + 5}) {
      folder.nodes.clear();
      assertThatThrownBy(() -> unpack(java.util.Arrays.copyOf(whole, length), parents))
          .hasMessageContaining("unexpected EOF");
    }
  }

  @Test
  void refusesWhatIsNoArchive() {
    assertThatThrownBy(() -> unpack("no tar".repeat(100).getBytes(StandardCharsets.UTF_8), parents))
        .hasMessageContaining("archive/tar: invalid tar header");
  }

  @Test
  void takesAnEmptyStreamForAnEmptyLayer() {
    assertThat(unpack(new byte[0], parents)).isZero();
  }

  // groot-image.md §20.11: global records are no file
  @Test
  void makesNoFileOfGlobalRecords() {
    unpack(new RawTar().records('g', "comment=x").bytes(files().file("Files/a", "1").end()).end());

    assertThat(folder.nodes.keySet())
        .containsExactlyInAnyOrder("Files", "Files.$wcidirs$", "Files\\a");
  }

  @Test
  void refusesTypesThatAreNoFiles() {
    for (char type : "VMN".toCharArray()) {
      folder.nodes.clear();
      byte[] archive = files().header("Files/v", type, 0).end();
      assertThatThrownBy(() -> unpack(archive, parents))
          .hasMessage("unsupported entry type " + type + ": Files/v");
    }
  }

  /** A name, a record or a map of a gigabyte would be kept in memory. */
  @Test
  void refusesHeadersThatDoNotEnd() {
    long size = 1L << 30;
    byte[] much = new byte[2 * ArchiveBytes.MAX_HEADER_BYTES];
    java.util.Arrays.fill(much, (byte) '1');
    for (RawTar archive :
        List.of(
            files().header("././@LongLink", 'L', size).bytes(much),
            files().header("PaxHeaders/x", 'x', size).content(size + " path=").bytes(much),
            files().header("PaxHeaders/x", 'g', size).content(size + " a=").bytes(much))) {
      assertThatThrownBy(() -> unpack(archive.end(), parents))
          .hasMessage("headers of an entry: more than 262144 bytes");
      folder.nodes.clear();
    }
  }

  /** The library calls itself for each header that is no entry. */
  @Test
  void refusesHeadersOfHeadersWithoutEnd() {
    for (char type : "xg".toCharArray()) {
      RawTar archive = files();
      for (int i = 0; i < 3000; i++) {
        archive.header("PaxHeaders/x", type, 0);
      }
      assertThatThrownBy(() -> unpack(archive.file("Files/a", "").end(), parents))
          .hasMessage("headers of an entry: more than 262144 bytes");
      folder.nodes.clear();
    }
  }

  /** A few bytes that stand for many. */
  @Test
  void countsTheHolesOfSparseFiles() {
    limit = ByteLimit.ofQuota(1 << 20);
    byte[] archive =
        files()
            .header("Files/s", 'S', 5, oldMap((8L << 30) - 1, 0, 5, (8L << 30) - 1, 0))
            .content("hello")
            .end();

    assertThatThrownBy(() -> unpack(archive, parents))
        .hasMessageContaining("uncompressed layer size exceeds quota");
    assertThat(folder.nodes).doesNotContainKey("Files\\s");
  }

  @Test
  void refusesSparseMapsThatAreLongerThanTheFile() {
    byte[] archive =
        files()
            .records(
                'x',
                "GNU.sparse.size=10",
                "GNU.sparse.numblocks=2",
                "GNU.sparse.map=0,5," + (1L << 50) + ",5",
                "GNU.sparse.name=Files/s")
            .file("Files/s", "helloworld")
            .end();

    assertThatThrownBy(() -> unpack(archive, parents)).hasMessageContaining("archive/tar: ");
  }
}
