package io.gardencell.image.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.FileBasicInfo;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;

/** The bytes of the legacy transport form, as recorded from hcsshim (groot-image.md §11.6). */
class TransportFormTest extends UnpackTestCase {

  private static final String SD = "AAECAwQFBgcICQoLDA0ODxAREhM=";
  private static final String SECURITY =
      "0300000000000000140000000000000000000000 000102030405060708090a0b0c0d0e0f10111213";

  // groot-image.md §23 case 97
  @Test
  void putsADirectorysStreamBesideIt() {
    unpack(new TarBuilder().directory("Files").directory("Files/d", attributes(8208)));

    assertThat(transport("Files\\d.$wcidirs$")).isEqualTo(hex("10200000" + SECURITY));
    assertThat(folder.isDirectory("Files\\d")).isTrue();
  }

  // groot-image.md §23 cases 98, 112 and 113
  @Test
  void writesSecurityAttributesDataAndAlternateStreamsInOrder() {
    TarBuilder tar = new TarBuilder().directory("Files").directory("Files/d");
    tar.file(
        "Files/d/f.txt",
        "hello",
        Map.of("MSWINDOWS.fileattr", "32", "MSWINDOWS.rawsd", SD, "MSWINDOWS.xattr.EA1", "dmFs"));
    tar.file("Files/d/f.txt:ads", "stream!").file("Files/d/next", "x");

    long size = unpack(tar);

    assertThat(transport("Files\\d\\f.txt"))
        .isEqualTo(
            hex(
                "20000000"
                    + SECURITY
                    + "0200000000000000100000000000000000000000"
                    + "00000000 00 03 0300 454131 00 76616c 00"
                    + "0100000000000000050000000000000000000000 68656c6c6f"
                    + "0400000000000000070000000000000014000000"
                    + "3a006100640073003a0024004400410054004100 73747265616d21"));
    assertThat(transport("Files\\d\\next"))
        .isEqualTo(hex("00000000 0100000000000000 0100000000000000 00000000 78"));
    assertThat(size).isEqualTo(6);
  }

  // groot-image.md §23 case 99
  @Test
  void writesTheReparsePointOfAnAbsoluteLink() {
    unpack(
        new TarBuilder()
            .directory("Files")
            .special("Files/l", TarConstants.LF_SYMLINK, "C:/t/x", attributes(1056)));

    assertThat(transport("Files\\l"))
        .isEqualTo(
            hex(
                "20040000"
                    + SECURITY
                    + "0800000000000000380000000000000000000000"
                    + "0c0000a0 3000 0000 0000 1400 1600 0c00 00000000"
                    + "5c003f003f005c0043003a005c0074005c0078000000"
                    + "43003a005c0074005c0078000000"));
  }

  // groot-image.md §23 cases 100 and 119
  @Test
  void keepsTheReparsePointOfADirectoryBesideItAndThePlaceEmpty() {
    unpack(
        new TarBuilder()
            .directory("Files")
            .special("Files/ld", TarConstants.LF_SYMLINK, "../rel", attributes(1040)));

    assertThat(transport("Files\\ld.$wcidirs$"))
        .isEqualTo(
            hex(
                "10040000"
                    + SECURITY
                    + "0800000000000000300000000000000000000000"
                    + "0c0000a0 2800 0000 0000 0c00 0e00 0c00 01000000"
                    + "2e002e005c00720065006c000000 2e002e005c00720065006c000000"));
    assertThat(folder.isDirectory("Files\\ld")).isTrue();
  }

  // groot-image.md §23 case 119
  @Test
  void refusesAChildBelowALinkOfTheLayer() {
    TarBuilder tar =
        new TarBuilder()
            .directory("Files")
            .special("Files/ld", TarConstants.LF_SYMLINK, "../..", attributes(1040))
            .file("Files/ld/evil", "x");

    assertThatThrownBy(() -> unpack(tar)).hasMessageContaining("Files/ld/evil");
  }

  // groot-image.md §23 case 101
  @Test
  void writesTheReparsePointOfAJunction() {
    Map<String, String> junction =
        Map.of("MSWINDOWS.fileattr", "1040", "MSWINDOWS.rawsd", SD, "MSWINDOWS.mountpoint", "1");
    unpack(
        new TarBuilder()
            .directory("Files")
            .special("Files/j", TarConstants.LF_SYMLINK, "C:/t", junction));

    assertThat(transport("Files\\j.$wcidirs$"))
        .isEqualTo(
            hex(
                "10040000"
                    + SECURITY
                    + "0800000000000000 2c00000000000000 00000000"
                    + "030000a0 2400 0000 0000 1000 1200 0800"
                    + "5c003f003f005c0043003a005c0074000000 43003a005c0074000000"));
  }

  // groot-image.md §23 cases 102 and 103
  @Test
  void writesPlainEntriesWithoutAnyExtras() {
    unpack(
        new TarBuilder()
            .directory("Files")
            .directory("Files/d")
            .file("Files/d/plain", "p")
            .directory("Files/d/pdir"));

    assertThat(transport("Files\\d\\plain"))
        .isEqualTo(hex("00000000 0100000000000000 0100000000000000 00000000 70"));
    assertThat(transport("Files\\d\\pdir.$wcidirs$")).isEqualTo(hex("10000000"));
  }

  // groot-image.md §23 cases 104 and 105
  @Test
  void putsTopLevelDirectoriesAtTheRootAndHivesInTheirPlainForm() {
    unpack(
        new TarBuilder()
            .directory("Files")
            .directory("Hives")
            .file("Hives/System_Delta", "regf", attributes(32)));

    assertThat(transport("Files.$wcidirs$")).isEqualTo(hex("10000000"));
    assertThat(transport("Hives.$wcidirs$")).isEqualTo(hex("10000000"));
    assertThat(folder.backup("Hives\\System_Delta"))
        .isEqualTo(hex("0100000000000000 0400000000000000 00000000 72656766"));
  }

  // groot-image.md §23 cases 106 and 108
  @Test
  void turnsTimesIntoFiletimes() {
    unpack(
        new TarBuilder()
            .directory("Files")
            .file(
                "Files/a", "", Map.of("mtime", "1600000000.25", "LIBARCHIVE.creationtime", "-1.5"))
            .file("Files/b", "", Map.of("mtime", "1.123456789012")));

    FileBasicInfo a = folder.info("Files\\a");
    assertThat(a.lastWriteTime()).isEqualTo(116444736000000000L + 16000000002500000L);
    assertThat(a.creationTime()).isEqualTo(116444736000000000L - 15000000L);
    assertThat(a.lastAccessTime()).isZero();
    assertThat(a.changeTime()).isZero();
    assertThat(folder.info("Files\\b").lastWriteTime()).isEqualTo(116444736000000000L + 11234567L);
    assertThat(folder.info("Files\\b").creationTime())
        .isEqualTo(folder.info("Files\\b").lastWriteTime());
  }

  // groot-image.md §23 cases 107, 110 and 111
  @Test
  void refusesRecordsThatCannotBe() {
    refused(Map.of("MSWINDOWS.fileattr", "4294967296"), "value out of range");
    refused(Map.of("MSWINDOWS.rawsd", "!"), "MSWINDOWS.rawsd: illegal base64 data");
    refused(
        Map.of("MSWINDOWS.xattr." + "n".repeat(256), "dmFs"), "extended attribute name too large");
  }

  private void refused(Map<String, String> pax, String reason) {
    folder.nodes.clear();
    TarBuilder tar = new TarBuilder().directory("Files").file("Files/a", "x", pax);
    assertThatThrownBy(() -> unpack(tar)).hasMessageContaining(reason);
  }

  private static Map<String, String> attributes(int bits) {
    return Map.of("MSWINDOWS.fileattr", String.valueOf(bits), "MSWINDOWS.rawsd", SD);
  }
}
