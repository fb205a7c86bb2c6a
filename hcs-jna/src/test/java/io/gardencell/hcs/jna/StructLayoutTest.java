package io.gardencell.hcs.jna;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.document.Statistics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Sizes and offsets of the structs that we lay out ourselves (hcs-abi.md sections 9 to 12), and the
 * values of constants as the headers have them; they hold on any 64-bit system.
 */
class StructLayoutTest {

  private static final Pointer ROOT = Pointer.createConstant(0x1234_5678_9ABCL);

  // hcs-abi.md §9.6: OBJECT_ATTRIBUTES 48 bytes, UNICODE_STRING 16
  @Test
  void objectAttributesPointToTheirNameWithoutItsTerminator() {
    try (ObjectAttributes attributes =
        new ObjectAttributes(ROOT, "Files\\a", ObjectAttributes.DONT_REPARSE)) {
      Pointer at = attributes.pointer();
      assertThat(((Memory) at).size()).isEqualTo(48);
      assertThat(at.getInt(0)).isEqualTo(48);
      assertThat(at.getPointer(8)).isEqualTo(ROOT);
      assertThat(at.getInt(24)).isEqualTo(0x1000);
      assertThat(at.getPointer(32)).isNull();
      assertThat(at.getPointer(40)).isNull();
      Pointer unicode = at.getPointer(16);
      assertThat(unicode.getShort(0)).isEqualTo((short) 14);
      assertThat(unicode.getShort(2)).isEqualTo((short) 14);
      assertThat(Wide.of(unicode.getPointer(8))).isEqualTo("Files\\a");
    }
    try (ObjectAttributes absolute = new ObjectAttributes(null, "\\Container_x", 0)) {
      assertThat(absolute.pointer().getPointer(8)).isNull();
      assertThat(absolute.pointer().getInt(24)).isZero();
    }
    assertThat(NtFiles.IO_STATUS_BYTES).isEqualTo(16);
  }

  // hcs-abi.md §18 case 36: row offsets 8, 144, 152
  @Test
  void anInterfaceRowHasItsFieldsWhereWindowsPutsThem() {
    try (IpInterfaceRow row = new IpInterfaceRow(0x0102030405060708L)) {
      Pointer at = row.pointer();
      assertThat(((Memory) at).size()).isEqualTo(168);
      assertThat(at.getShort(0)).isEqualTo((short) 2);
      assertThat(at.getLong(8)).isEqualTo(0x0102030405060708L);
      at.setInt(144, 24);
      at.setInt(152, -1);
      assertThat(row.mtu()).isEqualTo(0xFFFFFFFFL);

      row.setMtu(1400);

      assertThat(at.getInt(144)).isZero();
      assertThat(at.getInt(152)).isEqualTo(1400);
      assertThat(at.getInt(148)).isZero();
      assertThat(at.getInt(156)).isZero();
    }
  }

  // hcs-abi.md §11: IP_ADAPTER_ADDRESSES
  @Test
  void adaptersAreAListWithAddresses() {
    try (Memory first = new Memory(448);
        Memory second = new Memory(448);
        Memory name = Wide.memory("vEthernet (nat)");
        Memory unicast = new Memory(64);
        Memory unicast6 = new Memory(64);
        Memory ip4 = new Memory(16);
        Memory ip6 = new Memory(28)) {
      for (Memory memory : List.of(first, second, unicast, unicast6, ip4, ip6)) {
        memory.clear();
      }
      first.setInt(4, 7);
      first.setPointer(8, second);
      first.setPointer(24, unicast);
      first.setPointer(72, name);
      first.setLong(224, 99);
      first.setInt(248, 3);
      first.setInt(104, 1);
      first.setInt(216, 25);
      unicast.setPointer(8, unicast6);
      unicast.setPointer(16, ip4);
      ip4.setShort(0, (short) 2);
      ip4.write(4, new byte[] {(byte) 172, 30, 0, 1}, 0, 4);
      unicast6.setPointer(16, ip6);
      ip6.setShort(0, (short) 23);
      ip6.setByte(8 + 15, (byte) 1);
      second.setInt(4, 8);

      assertThat(AdapterAddresses.read(first))
          .containsExactly(
              new HostInterface(
                  "vEthernet (nat)", 7, 99, 3, true, 25, List.of("172.30.0.1", "0:0:0:0:0:0:0:1")),
              new HostInterface("", 8, 0, 0, false, 0, List.of()));
    }
    assertThat(AdapterAddresses.read(null)).isEmpty();
  }

  // hcs-abi.md §18 case 38
  @Test
  void theVersionStructSaysItsSizeAndHasTheBuildAt12() {
    var ntdll =
        new ScriptedLibrary<>(NtDll.class)
            .on(
                "RtlGetVersion",
                arguments -> {
                  Memory version = (Memory) arguments[0];
                  assertThat(version.size()).isEqualTo(284);
                  assertThat(version.getInt(0)).isEqualTo(284);
                  version.setInt(4, 10);
                  version.setInt(8, 0);
                  version.setInt(12, 17763);
                  return 0;
                });
    var advapi32 = new ScriptedLibrary<>(Advapi32.class);
    advapi32.on(
        "RegGetValueW",
        arguments -> {
          assertThat(arguments[1]).hasToString("SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion");
          assertThat(arguments[2]).hasToString("UBR");
          ((com.sun.jna.ptr.IntByReference) arguments[5]).setValue(5122);
          return 0;
        });

    WindowsVersion version = WindowsVersion.read(ntdll.dll(), advapi32.dll());

    assertThat(version).isEqualTo(new WindowsVersion(10, 0, 17763, 5122));
    assertThat(version).hasToString("Windows build 17763.5122");
    advapi32.on("RegGetValueW", arguments -> 2);
    assertThat(WindowsVersion.read(ntdll.dll(), advapi32.dll())).hasToString("Windows build 17763");
  }

  // hcs-abi.md §18 case 41: decoding of classes 1, 3 and 28
  @Test
  void jobInformationIsDecoded() {
    try (Memory accounting = new Memory(SiloJob.ACCOUNTING_BYTES);
        Memory memory = new Memory(SiloJob.MEMORY_BYTES);
        Memory list = new Memory(8 + 3 * 8)) {
      assertThat(accounting.size()).isEqualTo(48);
      assertThat(memory.size()).isEqualTo(16);
      accounting.clear();
      accounting.setLong(0, 11);
      accounting.setLong(8, 31);
      accounting.setLong(16, 1000);
      memory.setLong(0, 4096);
      memory.setLong(8, 8192);
      list.setInt(0, 3);
      list.setInt(4, 2);
      list.setLong(8, 276);
      list.setLong(16, 0x1_0000_0000L);
      list.setLong(24, 5);

      Statistics figures = SiloJob.statistics(accounting, memory);

      assertThat(figures.processor()).isEqualTo(new Statistics.Processor(42, 11, 31));
      assertThat(figures.memory()).isEqualTo(new Statistics.Memory(4096, 8192, 0));
      assertThat(SiloJob.listed(list)).containsExactly(276L, 0x1_0000_0000L);
    }
    assertThat(SiloJob.QUERY).isEqualTo(4);
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

  // hcs-abi.md §10 and §12.1
  @Test
  void overlappedAndVariantHaveTheirSizes() {
    assertThat(PipeChannel.OVERLAPPED_BYTES).isEqualTo(32);
    assertThat(Variants.BYTES).isEqualTo(24);
    try (Memory variant = new Memory(Variants.BYTES)) {
      variant.clear();
      Variants.setUnsigned(variant, -1L);
      assertThat(variant.getShort(0)).isEqualTo((short) 21);
      assertThat(variant.getLong(8)).isEqualTo(-1L);
      assertThat(variant.getLong(16)).isZero();

      variant.setShort(0, (short) 14);
      variant.setByte(2, (byte) 2);
      variant.setInt(4, 0);
      variant.setLong(8, 123400);
      assertThat(Variants.number(variant)).as("DECIMAL with two places").isEqualTo(1234);
    }
  }
}
