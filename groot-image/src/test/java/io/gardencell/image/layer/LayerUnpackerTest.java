package io.gardencell.image.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.FileBasicInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;

/** Base and differential layers, entry by entry (groot-image.md §10, §11). */
class LayerUnpackerTest extends UnpackTestCase {

  // groot-image.md §23 case 114
  @Test
  void readsNamesWithAndWithoutASlashAtTheEndAlike() {
    unpack(new TarBuilder().directory("./Files/").directory("Files/d/"), List.of());

    assertThat(destination.nodes.keySet()).contains("Files\\d");
  }

  // groot-image.md §23 case 115
  @Test
  void refusesNamesThatLeaveTheLayer() {
    for (String name :
        List.of("../x", "Files/../../x", "/abs", "a:b", "Files\\..\\..\\x", "Files//x")) {
      destination.nodes.keySet().removeIf(n -> n.startsWith("Files\\"));
      TarBuilder tar = new TarBuilder().file(name, "x");
      assertThatThrownBy(() -> unpack(tar, List.of()))
          .hasMessage("invalid entry name: '" + name + "'");
    }
  }

  // groot-image.md §23 case 118
  @Test
  void keepsNamesBeyondTheBasicPlane() {
    unpack(
        new TarBuilder().directory("Files").file("Files/\u00e4\ud83d\ude00.txt", "x"), List.of());

    assertThat(destination.nodes).containsKey("Files\\\u00e4\ud83d\ude00.txt");
  }

  @Test
  void refusesDevicesAndFifosByName() {
    for (byte type : new byte[] {TarConstants.LF_CHR, TarConstants.LF_BLK, TarConstants.LF_FIFO}) {
      destination.nodes.clear();
      TarBuilder tar = new TarBuilder().directory("Files").special("Files/dev", type, "", Map.of());
      assertThatThrownBy(() -> unpack(tar, List.of()))
          .hasMessage("unsupported entry type %c: Files/dev".formatted(type));
    }
  }

  @Test
  void refusesALayerOfTooManyEntries() {
    maxEntries = 3;
    TarBuilder tar = new TarBuilder().directory("Files").file("Files/a", "").file("Files/b", "");
    unpack(tar, List.of());

    destination.nodes.clear();
    TarBuilder more =
        new TarBuilder().directory("Files").file("Files/a", "").file("Files/b", "").directory("./");
    assertThatThrownBy(() -> unpack(more, List.of())).hasMessage("layer has more than 3 entries");
  }

  @Test
  void namesTheEntryWhoseDirectoryIsMissing() {
    TarBuilder tar = new TarBuilder().directory("Files").file("Files/none/x", "x");

    assertThatThrownBy(() -> unpack(tar, List.of())).hasMessageContaining("Files\\none\\x");
  }

  // groot-image.md §23 case 124
  @Test
  void refusesTombstonesInABase() {
    TarBuilder tar = new TarBuilder().directory("Files").file("Files/.wh.x", "");

    assertThatThrownBy(() -> unpack(tar, List.of()))
        .hasMessage("base layer cannot have tombstones");
  }

  // groot-image.md §23 case 90
  @Test
  void removesWhatAWhiteoutNamesAfterTheImport() {
    destination.create("Files", directory()).close();
    destination.create("Files\\a", directory()).close();
    destination.create("Files\\a\\old", file()).close();

    unpack(
        new TarBuilder().directory("Files").directory("Files/a").file("Files/a/.wh.old", ""),
        List.of(parents.get(0)));

    assertThat(destination.nodes.keySet()).containsExactly("Files", "Files\\a");
  }

  // groot-image.md §23 case 123
  @Test
  void refusesTombstonesOutsideOfFiles() {
    TarBuilder tar = new TarBuilder().directory("Hives").file("Hives/.wh.x", "");

    assertThatThrownBy(() -> unpack(tar)).hasMessage("invalid tombstone Hives\\x");
  }

  // groot-image.md §23 case 121
  @Test
  void linksToTheFirstParentThatHasTheFile() {
    grandparent.create("Files\\only", file()).close();
    grandparent.create("Files\\both", file()).close();
    parent.create("Files\\both", file()).close();

    unpack(
        new TarBuilder()
            .directory("Files")
            .special("Files/a", TarConstants.LF_LINK, "Files/only", Map.of())
            .special("Files/b", TarConstants.LF_LINK, "Files/both", Map.of()));

    assertThat(destination.nodes.get("Files\\a")).isSameAs(grandparent.nodes.get("Files\\only"));
    assertThat(destination.nodes.get("Files\\b")).isSameAs(parent.nodes.get("Files\\both"));
  }

  // groot-image.md §23 case 91
  @Test
  void linksWithinTheLayer() {
    unpack(
        new TarBuilder()
            .directory("Files")
            .file("Files/new", "x")
            .special("Files/link", TarConstants.LF_LINK, "Files/new", Map.of()));

    assertThat(destination.nodes.get("Files\\link")).isSameAs(destination.nodes.get("Files\\new"));
  }

  // groot-image.md §23 case 122
  @Test
  void refusesLinksOutOfFiles() {
    for (String target : List.of("Hives/x", "elsewhere", "UtilityVM/x")) {
      folder.nodes.clear();
      TarBuilder tar =
          new TarBuilder()
              .directory("Files")
              .special("Files/link", TarConstants.LF_LINK, target, Map.of());
      assertThatThrownBy(() -> unpack(tar)).hasMessage("invalid hard link in layer");
    }
    folder.nodes.clear();
    TarBuilder tar =
        new TarBuilder()
            .directory("Files")
            .special("Files/link", TarConstants.LF_LINK, "Files/../../x", Map.of());
    assertThatThrownBy(() -> unpack(tar)).hasMessage("invalid entry name: 'Files/../../x'");
  }

  // groot-image.md §23 case 125
  @Test
  void refusesUtilityFilesBeforeTheirDirectory() {
    TarBuilder tar = new TarBuilder().directory("UtilityVM/Files");

    assertThatThrownBy(() -> unpack(tar)).hasMessage("missing UtilityVM directory");
  }

  // groot-image.md §23 case 120
  @Test
  void keepsUntouchedCopiesOfBootFiles() {
    unpack(
        new TarBuilder()
            .directory("UtilityVM")
            .directory("UtilityVM/Files")
            .directory("UtilityVM/Files/EFI")
            .directory("UtilityVM/Files/EFI/Microsoft")
            .directory("UtilityVM/Files/EFI/Microsoft/Boot")
            .file("UtilityVM/Files/EFI/Microsoft/Boot/BCD", "bcd")
            .file("UtilityVM/Files/EFI/Microsoft/Boot/BCD.LOG1", "log"),
        List.of());

    assertThat(data(destination.backup("bcd.bak"))).isEqualTo("bcd");
    assertThat(data(destination.backup("bcd.log1.bak"))).isEqualTo("log");
    assertThat(data(destination.backup("UtilityVM\\Files\\EFI\\Microsoft\\Boot\\BCD")))
        .isEqualTo("bcd");
  }

  // groot-image.md §11.3: plain files are linked, boot files are copied
  @Test
  void inheritsTheUtilityVm() {
    for (String name :
        List.of(
            "UtilityVM",
            "UtilityVM\\Files",
            "UtilityVM\\Files\\EFI",
            "UtilityVM\\Files\\EFI\\Microsoft",
            "UtilityVM\\Files\\EFI\\Microsoft\\Boot")) {
      parent.create(name, directory()).close();
    }
    String boot = "UtilityVM\\Files\\EFI\\Microsoft\\Boot\\BCD";
    parent.create(boot, file()).close();
    parent.create("UtilityVM\\Files\\plain", file()).close();

    unpack(new TarBuilder().directory("Files").directory("UtilityVM"));

    assertThat(destination.nodes.get("UtilityVM\\Files\\plain"))
        .isSameAs(parent.nodes.get("UtilityVM\\Files\\plain"));
    assertThat(destination.nodes).containsKey(boot);
    assertThat(destination.nodes.get(boot)).isNotSameAs(parent.nodes.get(boot));
  }

  // groot-image.md §11.5 step 8: what was put into directories changed their times
  @Test
  void setsTheTimesOfDirectoriesLast() {
    unpack(
        new TarBuilder().directory("Files", Map.of("mtime", "1600000000")).file("Files/a", "x"),
        List.of());

    assertThat(destination.info("Files").lastWriteTime())
        .isEqualTo(116444736000000000L + 16000000000000000L);
  }

  private static FileBasicInfo directory() {
    return new FileBasicInfo(0, 0, 0, 0, FileBasicInfo.DIRECTORY);
  }

  private static FileBasicInfo file() {
    return new FileBasicInfo(0, 0, 0, 0, 0x20);
  }

  /** The data of a backup stream that has nothing else. */
  private static String data(byte[] backup) {
    return new String(backup, 20, backup.length - 20, StandardCharsets.UTF_8);
  }
}
