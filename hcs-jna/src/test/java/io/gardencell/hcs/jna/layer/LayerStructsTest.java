package io.gardencell.hcs.jna.layer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.jna.win32.Guid;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Sizes and offsets, and constants as the headers have them; they hold on any 64-bit system. */
class LayerStructsTest {

  private static final Pointer ROOT = Pointer.createConstant(0x1234_5678_9ABCL);

  private static final String GUID = "a1b2c3d4-0102-abcd-e0e1-e2e3e4e5e6e7";

  // hcs-abi.md §18 case 6
  @Test
  void layerDescriptorsLieOneAfterTheOtherNewestFirst() {
    try (LayerDescriptors three =
        LayerDescriptors.of(
            List.of(Path.of("top"), Path.of("middle"), Path.of("base")), layer -> GUID)) {
      Pointer array = Objects.requireNonNull(three.pointer());

      assertThat(three.count()).isEqualTo(3);
      assertThat(Guid.text(array.getByteArray(32, 16))).isEqualTo(GUID);
      assertThat(array.getInt(16)).isZero();
      assertThat(wide(array.getPointer(24))).isEqualTo("top");
      assertThat(wide(array.getPointer(32 + 24))).isEqualTo("middle");
      assertThat(wide(array.getPointer(64 + 24))).isEqualTo("base");
    }
    try (LayerDescriptors none = LayerDescriptors.of(List.of(), layer -> GUID)) {
      assertThat(none.pointer()).isNull();
    }
  }

  /** UTF-16 whatever this system's wchar_t is. */
  private static String wide(Pointer text) {
    StringBuilder result = new StringBuilder();
    for (long at = 0; text.getChar(at) != 0; at += 2) {
      result.append((char) text.getShort(at));
    }
    return result.toString();
  }

  // hcs-abi.md §18 case 7
  @Test
  void driverInfoNamesTheFilterDriverAndAnEmptyHome() {
    Pointer info = new DriverInfo().pointer();

    assertThat(info.getInt(0)).isEqualTo(1);
    assertThat(info.getPointer(8).getShort(0)).isZero();
  }

  // hcs-abi.md §9.5
  @Test
  void basicInfoPrivilegesAndStatusHaveTheirSizes() {
    var info = new FileBasicInfo(1, 2, 3, 4, 0x10);
    try (Memory memory = BasicInfo.write(info)) {
      assertThat(memory.size()).isEqualTo(40);
      assertThat(memory.getInt(32)).isEqualTo(0x10);
      assertThat(BasicInfo.read(memory)).isEqualTo(info);
    }
    assertThat(Privileges.bytes()).isEqualTo(28);
    assertThat(NtFiles.IO_STATUS_BYTES).isEqualTo(16);
  }

  // hcs-abi.md §9.7
  @Test
  void diskParametersAskForVersionTwo() {
    try (Memory parameters = ScratchDisk.parameters()) {
      assertThat(parameters.size()).isEqualTo(28);
      assertThat(parameters.getInt(0)).isEqualTo(2);
      assertThat(parameters.getByteArray(4, 24)).containsOnly(0);
    }
    assertThat(ScratchDisk.STORAGE_TYPE_BYTES).isEqualTo(20);
    assertThat(ScratchDisk.GET_LENGTH_INFO).isEqualTo(0x7405C);
    assertThat(ScratchDisk.EXTEND_VOLUME).isEqualTo(0x900F0);
    // clusters of 4 KiB are eight sectors; the last cluster is not the volume's
    assertThat(ScratchDisk.sectors(40960, 32768)).isEqualTo(80);
    assertThat(ScratchDisk.sectors(40960, 36864)).isZero();
  }

  // hcs-abi.md §9.6
  @Test
  void aLinkNamesItsNewPlace() {
    try (Memory info = JnaLayerFolder.linkInformation(ROOT, "b.txt")) {
      assertThat(info.size()).isEqualTo(20 + 10);
      assertThat(info.getByte(0)).as("does not replace").isZero();
      assertThat(info.getPointer(8)).isEqualTo(ROOT);
      assertThat(info.getInt(16)).isEqualTo(10);
      assertThat(new String(info.getByteArray(20, 10), StandardCharsets.UTF_16LE))
          .isEqualTo("b.txt");
    }
  }

  @Test
  void directoryEntriesAreAChainWithoutDots() {
    try (Memory buffer = new Memory(512)) {
      buffer.clear();
      entry(buffer, 0, 112, ".");
      entry(buffer, 112, 120, "é.txt");
      entry(buffer, 232, 0, "z");
      List<String> names = new ArrayList<>();

      JnaLayerFolder.addNames(buffer, names);

      assertThat(names).containsExactly("é.txt", "z");
    }
  }

  private static void entry(Memory buffer, int at, int next, String name) {
    byte[] text = name.getBytes(StandardCharsets.UTF_16LE);
    buffer.setInt(at, next);
    buffer.setInt(at + 60L, text.length);
    buffer.write(at + 104L, text, 0, text.length);
  }
}
