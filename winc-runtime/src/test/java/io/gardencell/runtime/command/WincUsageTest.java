package io.gardencell.runtime.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.runtime.FakeHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How flags, commands and numbers of arguments are taken, and what is said of wrong ones. */
class WincUsageTest {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private FakeSurroundings around;

  @BeforeEach
  void open() {
    FakeHost fake = new FakeHost(directory.resolve("proc"));
    around = new FakeSurroundings(fake::host, directory);
  }

  // winc-runtime.md §18 case 1
  @Test
  void withoutArgumentsItPrintsHelp() {
    assertThat(winc()).isZero();
    assertThat(around.out())
        .startsWith("NAME:")
        .contains("winc.exe - Open Container Initiative runtime for Windows");
  }

  // winc-runtime.md §18 cases 2, 3, 4 and 6
  @Test
  void unknownFlagsAndCommandsAreToldAsTheReferenceDoes() {
    assertThat(winc("--nonexistent")).isEqualTo(1);
    assertThat(around.err()).contains("flag provided but not defined: -nonexistent");
    assertThat(winc("bogus")).isEqualTo(3);
    assertThat(around.err()).contains("No help topic for 'bogus'");
    assertThat(winc("create")).isEqualTo(1);
    assertThat(around.err()).endsWith("\"create\" requires exactly 1 argument(s)\n");
    assertThat(winc("run", "c1", "--detach")).isEqualTo(1);
  }

  // winc-runtime.md §18 case 5
  @Test
  void execWithoutArgumentsNamesTheFinding() {
    assertThat(winc("exec")).isEqualTo(1);
    assertThat(around.err()).endsWith("\"exec\" requires a minimum of 1 argument(s)\n");
    assertThat(around.out()).startsWith("Incorrect Usage.\n\nNAME:");
    assertThat(winc("exec", "c1")).isEqualTo(1);
    assertThat(around.err()).isEqualTo("process config is invalid:\n\targs must not be empty\n");
  }

  // winc-runtime.md §18 cases 7, 8 and 9
  @Test
  void logFlagsThatCannotBeHonouredAreRefused() {
    String file = directory.resolve("log").toString();

    assertThat(winc("--log", file, "--log-handle", "4", "state", "x")).isEqualTo(1);
    assertThat(around.err()).endsWith("\nonly one of --log and --log-handle can be passed\n");
    assertThat(winc("--log-handle", "123456789", "state", "x")).isEqualTo(1);
    assertThat(around.err()).endsWith("log handle 123456789 invalid: The handle is invalid.\n");
    assertThat(winc("--log-handle", "0x10", "state", "x")).isEqualTo(1);
    assertThat(around.err()).endsWith("log handle 16 invalid: The handle is invalid.\n");
    assertThat(winc("--log-format", "xml", "state", "x")).isEqualTo(1);
    assertThat(around.err()).isEqualTo("invalid log format xml\n");
  }

  @Test
  void badValuesOfFlagsAreToldAsGoDoes() {
    assertThat(around.run("--log-handle", "zz", "state", "x")).isEqualTo(1);
    assertThat(around.err()).isEqualTo("invalid value \"zz\" for flag -log-handle: parse error\n");
    assertThat(around.out())
        .startsWith("Incorrect Usage. invalid value \"zz\" for flag -log-handle: parse error\n\n");
    assertThat(around.run("--log")).isEqualTo(1);
    assertThat(around.err()).isEqualTo("flag needs an argument: -log\n");
    assertThat(winc("create", "-bad", "c1")).isEqualTo(1);
    assertThat(around.err()).isEqualTo("flag provided but not defined: -bad\n");
    assertThat(around.out())
        .startsWith(
            "Incorrect Usage: flag provided but not defined: -bad\n\nNAME:\n   winc.exe create");
  }

  // winc-runtime.md §18 case 10
  @Test
  void theConfigFileIsReadBeforeAnythingElse() throws IOException {
    Path file = directory.resolve("config.json");

    assertThat(winc("--config-file", file.toString())).isEqualTo(1);
    assertThat(around.err())
        .endsWith("\nconfig-file: open " + file + ": The system cannot find the file specified.\n");
    Files.writeString(file, "{");
    assertThat(winc("--config-file", file.toString(), "--log-format", "xml")).isEqualTo(1);
    assertThat(around.err()).endsWith("\nconfig-file: unexpected end of JSON input\n");
    assertThat(winc("--config-file", file.toString(), "--help")).isZero();
  }

  // winc-runtime.md §17.23
  @Test
  void aMissingCredentialSpecIsToldWithItsCause() {
    String file = directory.resolve("cred.json").toString();

    assertThat(winc("--credential-spec", file, "state", "x")).isEqualTo(1);
    assertThat(around.err())
        .isEqualTo(
            "Error with provided --credential-spec "
                + file
                + ": The system cannot find the file specified.\n");
  }

  @Test
  void helpIsThereForAllAndForEachCommand() {
    for (String word : List.of("create", "start", "run", "exec", "state", "events", "delete")) {
      assertThat(winc("help")).isZero();
      assertThat(around.out()).contains("   " + word + " ");
      assertThat(winc("help", word)).isZero();
      assertThat(around.out()).startsWith("NAME:\n   winc.exe " + word + " - ");
      assertThat(winc(word, "--help")).isZero();
    }
    assertThat(winc("h", "bogus")).isEqualTo(3);
  }

  // winc-runtime.md §17.13
  @Test
  void anEmptyIdIsRefused() {
    assertThat(winc("delete", "--force", "")).isEqualTo(1);
    assertThat(around.err()).isEqualTo("container id: '' (expected: a name)\n");
  }

  private int winc(String... args) {
    return around.winc(args);
  }
}
