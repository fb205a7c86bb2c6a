package io.gardencell.hcs.jna.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.jna.win32.Wide;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sizes and offsets, and constants as the headers have them; they hold on any 64-bit system. */
class NetworkStructsTest {

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
}
