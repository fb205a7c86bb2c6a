package io.gardencell.server.flag;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/flags.md} says what the program does. */
class FlagsPageTest {

  @Test
  void theTableOfTheDocumentsIsTheTableOfTheProgram() throws IOException {
    Path root = Path.of(System.getProperty("gardencell.root", ".."));
    String table =
        Flags.all().stream().map(FlagsPageTest::row).collect(Collectors.joining("\n", "", "\n"));
    // For whoever changes a flag: the rows to put into the page.
    Files.writeString(Files.createDirectories(Path.of("target")).resolve("flags.txt"), table);

    String page = Files.readString(root.resolve("docs/flags.md"));

    assertThat(
            page.lines()
                .filter(line -> line.startsWith("| `--"))
                .collect(Collectors.joining("\n", "", "\n")))
        .isEqualTo(table);
  }

  private static String row(Flag<?> flag) {
    String value =
        flag.isSwitch() ? "" : flag.expected() + (flag.isRepeatable() ? ", repeatable" : "");
    return "| `--%s` | %s | %s | %s | %s |"
        .formatted(flag.name(), value, flag.initialText(), flag.effect(), flag.help())
        .replaceAll(" +\\|", " |");
  }
}
