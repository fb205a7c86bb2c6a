package io.gardencell.hcs.jna.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.jna.ScriptedLibrary;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;
import io.gardencell.hcs.jna.win32.Ole32;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
    byte[] wide = (name + "\0").getBytes(StandardCharsets.UTF_16LE);
    text.write(0, wide, 0, wide.length);
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
      assertThat(AdapterAddresses.read(up))
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

  private final ScriptedLibrary<IpHlpApi> iphlpapi = new ScriptedLibrary<>(IpHlpApi.class);
  private final JnaInterfaces interfaces =
      new JnaInterfaces(
          iphlpapi.dll(),
          new Failures(
              new ScriptedLibrary<>(Kernel32.class).dll(),
              new ScriptedLibrary<>(Ole32.class).dll()));
  private final HostInterface adapter =
      new HostInterface("vEthernet (web)", 9, 77, 3, true, 25, List.of());

  // hcs-abi.md §18 case 37
  @Test
  void aListThatDoesNotFitIsAskedForWithTheSizeReturned() {
    List<Integer> sizes = new ArrayList<>();
    iphlpapi.on(
        "GetAdaptersAddresses",
        arguments -> {
          assertThat(arguments[1]).isEqualTo(0x210);
          IntByReference size = (IntByReference) arguments[4];
          sizes.add(size.getValue());
          if (sizes.size() == 1) {
            size.setValue(40_000);
            return 111;
          }
          ((Memory) arguments[3]).setInt(4, 5);
          return 0;
        });

    assertThat(interfaces.interfaces()).extracting(HostInterface::index).containsExactly(5);
    assertThat(sizes).containsExactly(15_000, 40_000);
  }

  // hcs-abi.md §17.18: no adapters are none, not one without a name
  @Test
  void noAdaptersAreNone() {
    iphlpapi.on("GetAdaptersAddresses", arguments -> 232);
    assertThat(interfaces.interfaces()).isEmpty();
    iphlpapi.on(
        "GetAdaptersAddresses",
        arguments -> {
          ((IntByReference) arguments[4]).setValue(0);
          return 0;
        });
    assertThat(interfaces.interfaces()).isEmpty();
    iphlpapi.on("GetAdaptersAddresses", arguments -> 5);
    assertThatThrownBy(interfaces::interfaces).hasMessage("Access is denied.");
  }

  // hcs-abi.md §18 case 36
  @Test
  void theCompartmentIsLeftOnTheSameThreadEvenWhenSettingFails() {
    List<String> compartments = new ArrayList<>();
    iphlpapi.on(
        "SetCurrentThreadCompartmentId",
        arguments -> {
          compartments.add(arguments[0] + " on " + Thread.currentThread().getId());
          return 0;
        });
    iphlpapi.on(
        "SetIpInterfaceEntry",
        arguments -> {
          assertThat(((Pointer) arguments[0]).getLong(8)).isEqualTo(77);
          assertThat(((Pointer) arguments[0]).getInt(152)).isEqualTo(1400);
          return 0x57;
        });

    assertThatThrownBy(() -> interfaces.setMtu(adapter, 1400))
        .hasMessage("SetIpInterfaceEntry: 0x57");

    assertThat(compartments).hasSize(2);
    String thread = compartments.get(0).substring("3 on ".length());
    assertThat(thread).isNotEqualTo(Long.toString(Thread.currentThread().getId()));
    assertThat(compartments).containsExactly("3 on " + thread, "0 on " + thread);
  }

  // hcs-abi.md §17.17
  @Test
  void anAdapterIsNotAskedInTheWrongCompartment() {
    iphlpapi.on("SetCurrentThreadCompartmentId", arguments -> 5);

    assertThatThrownBy(() -> interfaces.mtu(adapter))
        .hasMessage("SetCurrentThreadCompartmentId: 0x5");
    assertThat(iphlpapi.calls()).containsExactly("SetCurrentThreadCompartmentId");
  }
}
