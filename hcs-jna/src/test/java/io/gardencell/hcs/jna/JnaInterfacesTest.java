package io.gardencell.hcs.jna;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.gardencell.hcs.HostInterface;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where the Windows headers have what we read of an adapter; it holds on any 64-bit system. */
class JnaInterfacesTest {

  private static final int RECORD_BYTES = 448;

  /** An IP_ADAPTER_ADDRESSES; each field's neighbours hold other values. */
  private static Memory adapter(String name, int index, int status, int metric, Pointer next) {
    Memory at = new Memory(2 * RECORD_BYTES);
    at.clear();
    Pointer text = at.share(RECORD_BYTES);
    text.setWideString(0, name);
    at.setInt(4, index);
    at.setPointer(8, next);
    at.setPointer(72, text);
    at.setInt(96, 1500);
    at.setInt(100, 6);
    at.setInt(104, status);
    at.setInt(108, 1);
    at.setLong(208, -1);
    at.setInt(216, metric);
    at.setInt(220, 99);
    at.setLong(224, 0xFA4E_0000_0000_0000L + index);
    at.setInt(248, index + 10);
    return at;
  }

  // winc-network.md §12: offsets; §21 weakness 31
  @Test
  void readsEachFieldOfAnAdapterWhereTheHeaderHasIt() {
    try (Memory down = adapter("vEthernet (winc-nat)", 8, 2, -1, Pointer.NULL);
        Memory up = adapter("Ethernet", 7, 1, 25, down)) {
      assertThat(JnaInterfaces.walk(up))
          .containsExactly(
              new HostInterface("Ethernet", 7, 0xFA4E_0000_0000_0007L, 17, true, 25, List.of()),
              new HostInterface(
                  "vEthernet (winc-nat)",
                  8,
                  0xFA4E_0000_0000_0008L,
                  18,
                  false,
                  0xFFFF_FFFFL,
                  List.of()));
    }
  }
}
