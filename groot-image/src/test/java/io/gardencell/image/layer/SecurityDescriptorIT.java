package io.gardencell.image.layer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.WString;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Windows' own conversion of security descriptors beside ours (the Win64 tier). */
@EnabledOnOs(OS.WINDOWS)
class SecurityDescriptorIT {

  /** The one function that is compared with. */
  public interface Converter extends Library {
    boolean ConvertStringSecurityDescriptorToSecurityDescriptorW(
        WString text, int revision, PointerByReference descriptor, IntByReference size);
  }

  /** None with flags after {@code S:}, for which Wine sets the bits of the other list. */
  private static final List<String> TEXTS =
      List.of(
          "O:BAG:SYD:PAI(A;OICI;FA;;;SY)S:(AU;SAFA;0x2;;;WD)",
          "D:",
          "S:",
          "G:BU",
          "O:S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464D:PAI"
              + "(A;;FA;;;S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464)"
              + "(A;CIIO;GA;;;S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464)"
              + "(A;;0x1301bf;;;SY)(A;OICIIO;GA;;;SY)(A;;0x1301bf;;;BA)(A;OICIIO;GA;;;BA)"
              + "(A;;0x1200a9;;;BU)(A;OICIIO;GXGR;;;BU)(A;OICIIO;GA;;;CO)",
          "D:(D;NPID;GAGRGWGX;;;AN)(A;;RCSDWDWO;;;AU)(A;;RPWPCCDCLCSWLODTCR;;;NU)",
          "D:(A;;FRFWFX;;;IU)(A;;KAKRKWKX;;;SU)",
          "S:(ML;;NWNRNX;;;HI)",
          "S:(ML;OICI;NW;;;LW)(ML;;NX;;;ME)(ML;;NR;;;SI)");

  /** Aliases, each as an owner. */
  private static final List<String> ALIASES =
      List.of(
          "AN", "AO", "AU", "BA", "BG", "BO", "BU", "CG", "CO", "ED", "IU", "LS", "NO", "NS", "NU",
          "PO", "PS", "PU", "RC", "RD", "RE", "RU", "SO", "SU", "SY", "WD");

  @Test
  void convertsAsWindowsDoes() {
    List<String> texts = new ArrayList<>(TEXTS);
    ALIASES.forEach(a -> texts.add("O:" + a));

    for (String text : texts) {
      assertThat(parts(SecurityDescriptorText.parse(text)))
          .as(text)
          .isEqualTo(parts(windows(text)));
    }
  }

  private static byte[] windows(String text) {
    Converter converter = Native.load("advapi32", Converter.class);
    var descriptor = new PointerByReference();
    var size = new IntByReference();
    assertThat(
            converter.ConvertStringSecurityDescriptorToSecurityDescriptorW(
                new WString(text), 1, descriptor, size))
        .as(text)
        .isTrue();
    Pointer memory = descriptor.getValue();
    return memory.getByteArray(0, size.getValue()); // kept to the end of the process
  }

  /** The control word and the four parts; where they lie is the converter's own affair. */
  private static List<String> parts(byte[] descriptor) {
    ByteBuffer in = ByteBuffer.wrap(descriptor).order(ByteOrder.LITTLE_ENDIAN);
    List<String> parts = new ArrayList<>();
    parts.add(Integer.toHexString(in.getShort(2) & 0xffff));
    for (int at = 4; at < 20; at += 4) {
      int start = in.getInt(at);
      int length =
          start == 0 ? 0 : at < 12 ? 8 + 4 * in.get(start + 1) : in.getShort(start + 2) & 0xffff;
      parts.add(HexFormat.of().formatHex(descriptor, start, start + length));
    }
    return parts;
  }
}
