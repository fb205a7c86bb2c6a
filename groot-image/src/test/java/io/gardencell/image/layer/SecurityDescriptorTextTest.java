package io.gardencell.image.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Security descriptors as text; {@link SecurityDescriptorIT} asks Windows about more of them. */
class SecurityDescriptorTextTest extends UnpackTestCase {

  private static final String TEXT = "O:BAG:SYD:PAI(A;OICI;FA;;;SY)S:(AU;SAFA;0x2;;;WD)";

  /** Laid out by hand after MS-DTYP 2.4.6. */
  private static final byte[] BINARY =
      hex(
          "01 00 1494 4c000000 5c000000 14000000 30000000"
              + "02 00 1c00 0100 0000 02 c0 1400 02000000 01 01 000000000001 00000000"
              + "02 00 1c00 0100 0000 00 03 1400 ff011f00 01 01 000000000005 12000000"
              + "01 02 000000000005 20000000 20020000"
              + "01 01 000000000005 12000000");

  @Test
  void convertsAllParts() {
    assertThat(SecurityDescriptorText.parse(TEXT)).isEqualTo(BINARY);
  }

  @Test
  void saysThatPartsAreMissing() {
    assertThat(SecurityDescriptorText.parse("")).isEqualTo(hex("0100 0080" + "00".repeat(16)));
    assertThat(SecurityDescriptorText.parse("D:NO_ACCESS_CONTROL"))
        .isEqualTo(hex("0100 0480" + "00".repeat(16)));
    assertThat(SecurityDescriptorText.parse("D:"))
        .isEqualTo(hex("0100 0480 00000000 00000000 00000000 14000000 02000800 00000000"));
  }

  /** MS-DTYP 2.4.6: SP, SI and SR of a system list are not PD, DI and DC. */
  @Test
  void keepsTheFlagsOfBothListsApart() {
    assertThat(SecurityDescriptorText.parse("S:PARAI")).startsWith(hex("0100 10aa"));
    assertThat(SecurityDescriptorText.parse("D:PARAI")).startsWith(hex("0100 0495"));
  }

  @Test
  void convertsObjectEntriesAndLongAuthorities() {
    assertThat(
            SecurityDescriptorText.parse(
                "O:S-1-0x100000000-4294967295D:"
                    + "(OA;;CR;00112233-4455-6677-8899-aabbccddeeff;;S-1-0-0)"))
        .isEqualTo(
            hex(
                "0100 0480 44000000 00000000 00000000 14000000"
                    + "04 00 3000 0100 0000"
                    + "05 00 2800 00010000 01000000 33221100 5544 7766 8899 aabbccddeeff"
                    + "01 01 000000000000 00000000"
                    + "01 01 000100000000 ffffffff"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "O:DA", // whose domain?
        "O:S-1",
        "O:S-2-5-18",
        "O:S-1-5-4294967296",
        "O:S-1-5-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1",
        "X:BA",
        "O:BAO:BA",
        "D:(A;;FA;;;SY",
        "D:A;;FA;;;SY)",
        "D:(A;;FA;;SY)",
        "D:(Q;;FA;;;SY)",
        "D:(XA;;FX;;;WD;(@User.Title==\"PM\"))",
        "D:(A;QQ;FA;;;SY)",
        "D:(A;;ZZ;;;SY)",
        "D:(A;;FAF;;;SY)",
        "D:(A;;0x1ffffffff;;;SY)",
        "D:(A;;FA;00112233-4455-6677-8899-aabbccddeeff;;SY)",
        "D:(OA;;FA;no-guid;;SY)",
        "D:Z",
        "D:NO_ACCESS_CONTROL(A;;FA;;;SY)",
        "nonsense"
      })
  void refusesWhatMeansNothing(String text) {
    assertThatThrownBy(() -> SecurityDescriptorText.parse(text))
        .hasMessageStartingWith("MSWINDOWS.sd: '")
        .hasMessageContaining("(expected: ");
  }

  @Test
  void refusesMoreEntriesThanAListHolds() {
    assertThatThrownBy(() -> SecurityDescriptorText.parse("D:" + "(A;;FA;;;SY)".repeat(4000)))
        .hasMessage("MSWINDOWS.sd: '4000 entries' (expected: at most 65532 bytes of them)");
  }

  // groot-image.md §23 case 109
  @Test
  void isTakenOnlyWithoutABinaryDescriptor() {
    unpack(
        new TarBuilder()
            .directory("Files")
            .file("Files/text", "", Map.of("MSWINDOWS.sd", TEXT))
            .file("Files/both", "", Map.of("MSWINDOWS.sd", TEXT, "MSWINDOWS.rawsd", "AAEC")),
        List.of());

    assertThat(destination.backup("Files\\text"))
        .startsWith(BackupStream.whole(BackupStream.SECURITY_DATA, BINARY).array());
    assertThat(destination.backup("Files\\both"))
        .startsWith(BackupStream.whole(BackupStream.SECURITY_DATA, new byte[] {0, 1, 2}).array());
  }
}
