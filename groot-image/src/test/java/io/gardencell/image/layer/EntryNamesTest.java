package io.gardencell.image.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that Windows has no file for, and those that are somebody else's. */
class EntryNamesTest extends UnpackTestCase {

  private static TarBuilder with(String name) {
    return new TarBuilder().directory("Files").file("Files/f", "").file(name, "x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "con",
        "Files/NUL",
        "Files/aux.txt",
        "Files/Com1",
        "Files/LPT\u00b9.log",
        "prn .x"
      })
  void refusesNamesOfDevices(String element) {
    String name = element.startsWith("Files/") ? element : "Files/" + element;

    assertThatThrownBy(() -> unpack(with(name)))
        .hasMessage("invalid entry name: '" + name + "' (reserved for a device of Windows)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"console", "Files.com1", "com0", "nul_", "lpt10", "auxiliary.txt", "a con"})
  void takesNamesThatOnlyLookLikeDevices(String element) {
    unpack(with("Files/" + element));

    assertThat(folder.nodes).containsKey("Files\\" + element);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.", "a ", "a. ", "..."})
  void refusesNamesThatEndInADotOrSpace(String element) {
    for (String name : List.of("Files/" + element, "Files/" + element + "/b")) {
      folder.nodes.clear();
      assertThatThrownBy(() -> unpack(with(name)))
          .hasMessage(
              "invalid entry name: '" + name + "' (Windows drops a dot or space at the end)");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a?", "a*", "a|b", "<a", "a>", "\"a\""})
  void refusesCharactersThatWindowsDoesNotAllow(String element) {
    assertThatThrownBy(() -> unpack(with("Files/" + element)))
        .hasMessage(
            "invalid entry name: 'Files/"
                + element
                + "' (a character that Windows does not allow)");
  }

  @Test
  void escapesWhatATerminalWouldObey() {
    assertThatThrownBy(() -> unpack(with("Files/a\u001b[2J")))
        .hasMessageStartingWith("invalid entry name: 'Files/a\\u001b[2J'");
  }

  @Test
  void refusesElementsThatAreTooLong() {
    assertThatThrownBy(() -> unpack(with("Files/" + "n".repeat(256))))
        .hasMessageEndingWith("(an element of more than 255 characters)");
    folder.nodes.clear();
    // as a record: the library takes seconds to write so long a name
    Map<String, String> path = Map.of("path", "Files/" + "n/".repeat(20_000) + "n");
    assertThatThrownBy(() -> unpack(new TarBuilder().directory("Files").file("Files/n", "x", path)))
        .hasMessage("entry name: 40007 characters (expected: <= 32768)");
  }

  @Test
  void refusesTwoNamesThatDifferOnlyInCase() {
    TarBuilder files =
        new TarBuilder()
            .directory("Files")
            .file("Files/\u00c4.txt", "")
            .file("Files/\u00e4.TXT", "");
    TarBuilder link =
        new TarBuilder()
            .directory("Files")
            .file("Files/a", "")
            .special("Files/A", TarConstants.LF_LINK, "Files/a", Map.of());
    TarBuilder twice = new TarBuilder().directory("Files").file("Files/a", "").file("Files/a", "");

    assertThatThrownBy(() -> unpack(files)).hasMessageContaining("differs from another one only");
    folder.nodes.clear();
    assertThatThrownBy(() -> unpack(link)).hasMessageContaining("'Files/A' (there already, or");
    folder.nodes.clear();
    assertThatThrownBy(() -> unpack(twice)).hasMessageContaining("'Files/a' (there already, or");
  }

  @Test
  void tellsManyNamesApart() {
    NameSet names = new NameSet();
    int added = 0;
    for (int i = 0; i < 200_000; i++) {
      added += names.add("Files\\name-" + i) ? 1 : 0;
    }
    assertThat(added).isEqualTo(200_000);
    for (int i = 0; i < 200_000; i += 1000) {
      assertThat(names.add("FILES\\NAME-" + i)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {":", ":a:$DATA", "::$DATA", ":a\\..\\b", ":a/../b"})
  void refusesAlternateStreamsThatAreNone(String stream) {
    assertThatThrownBy(
            () ->
                unpack(
                    new TarBuilder()
                        .directory("Files")
                        .file("Files/f", "")
                        .file("Files/f" + stream, "x")))
        .hasMessageStartingWith("invalid entry name: 'Files/f:");
  }

  /** What is left without its prefix must be a name, too: of "..", the directory above would go. */
  @ParameterizedTest
  @ValueSource(strings = {".wh.", ".wh..", ".wh...", ".wh.con", ".wh.a:b"})
  void refusesWhiteoutsThatNameNoFile(String whiteout) {
    TarBuilder tar =
        new TarBuilder().directory("Files").directory("Files/d").file("Files/d/" + whiteout, "");

    assertThatThrownBy(() -> unpack(tar))
        .hasMessageStartingWith("invalid entry name: 'Files/d/" + whiteout + "'");
  }

  @Test
  void boundsTheNamesThatStayInMemory() {
    EntryNames names = new EntryNames(false);
    String name = "n".repeat(EntryNames.MAX_KEPT / 64);
    for (int i = 0; i < 64; i++) {
      names.keep(name);
    }

    assertThatThrownBy(() -> names.keep("n"))
        .hasMessage("names of directories and links: more than 67108864 characters");
    assertThatCode(() -> new EntryNames(false).keep("n")).doesNotThrowAnyException();
  }
}
