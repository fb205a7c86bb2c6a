package io.gardencell.hcs.jna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Sizes and offsets of hcs-abi.md section 3; they hold on any 64-bit system. */
class NativeLayoutTest {

  private static final String GUID = "a1b2c3d4-0102-abcd-e0e1-e2e3e4e5e6e7";

  // hcs-abi.md §18 case 5
  @Test
  void processInformationHasItsFieldsWhereHcsPutsThem() {
    ProcessInformation info = new ProcessInformation();
    Pointer memory = info.getPointer();
    memory.setInt(0, 4711);
    memory.setLong(8, 11);
    memory.setLong(16, 12);
    memory.setLong(24, 13);

    info.read();

    assertThat(info.size()).isEqualTo(32);
    assertThat(info.processId).isEqualTo(4711);
    assertThat(Pointer.nativeValue(info.stdInput)).isEqualTo(11);
    assertThat(Pointer.nativeValue(info.stdOutput)).isEqualTo(12);
    assertThat(Pointer.nativeValue(info.stdError)).isEqualTo(13);
  }

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

  // hcs-abi.md §18 case 8
  @Test
  void guidsAreInWindowsByteOrder() {
    byte[] bytes = HexFormat.of().parseHex("d4c3b2a10201cdabe0e1e2e3e4e5e6e7");

    assertThat(Guid.text(bytes)).isEqualTo(GUID);
    assertThat(Guid.bytes("{A1B2C3D4-0102-ABCD-E0E1-E2E3E4E5E6E7}")).isEqualTo(bytes);
    assertThatThrownBy(() -> Guid.bytes("x")).hasMessageContaining("'x'");
  }

  // hcs-abi.md §18 case 4
  @Test
  void textWithNulIsRefusedBeforeTheCall() {
    assertThatThrownBy(() -> Wide.of("a\0b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("U+0000");
    try (Memory memory = Wide.memory("a")) {
      assertThat(memory.size()).isEqualTo(4);
    }
  }

  @Test
  void mountPointNamesGetExactlyOneBackslash() {
    assertThat(JnaVolumes.withBackslash("C:\\proc\\1\\root")).isEqualTo("C:\\proc\\1\\root\\");
    assertThat(JnaVolumes.withBackslash("\\\\?\\Volume{a}\\\\")).isEqualTo("\\\\?\\Volume{a}\\");
  }

  // hcs-abi.md §9.5
  @Test
  void basicInfoAndPrivilegesHaveTheirSizes() {
    var info = new io.gardencell.hcs.FileBasicInfo(1, 2, 3, 4, 0x10);
    try (Memory memory = BasicInfo.write(info)) {
      assertThat(memory.size()).isEqualTo(40);
      assertThat(memory.getInt(32)).isEqualTo(0x10);
      assertThat(BasicInfo.read(memory)).isEqualTo(info);
    }
    assertThat(Privileges.bytes()).isEqualTo(28);
  }

  @Test
  void theRealHostRefusesToOpenElsewhere() {
    org.junit.jupiter.api.Assumptions.assumeFalse(
        com.sun.jna.Platform.isWindows(), "on Windows VmComputeIT opens it");
    assertThatThrownBy(
            () ->
                new HcsHostProvider()
                    .open(new io.gardencell.hcs.HostOptions(Path.of("data").toAbsolutePath())))
        .hasMessageContaining("is not Windows");
  }
}
