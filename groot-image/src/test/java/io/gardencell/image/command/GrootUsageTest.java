package io.gardencell.image.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the command reads its line and its configuration, and what it says of mistakes there. */
class GrootUsageTest extends GrootCommandTestCase {

  // groot-image.md §23 cases 1 and 2
  @ParameterizedTest
  @CsvSource({
    "create x, 2, 1",
    "create, 2, 0",
    "create a b c, 2, 3",
    "pull, 1, 0",
    "pull a b, 1, 2",
    "delete, 1, 0",
    "delete a b, 1, 2",
    "stats, 1, 0",
    "list x, 0, 1",
    "gc x, 0, 1",
    "capacity x, 0, 1"
  })
  void countsItsArguments(String words, int expected, int got) {
    assertThat(groot(words.split(" "))).isEqualTo(1);

    assertThat(out)
        .isEqualTo("Incorrect number of args. Expect %d, got %d\n".formatted(expected, got));
  }

  // groot-image.md §23 case 3
  @ParameterizedTest
  @ValueSource(
      strings = {
        "create URI id --disk-limit-size-bytes 50000 --exclude-image-from-quota",
        "create --disk-limit-size-bytes 50000 --exclude-image-from-quota URI id",
        "create URI -disk-limit-size-bytes=50_000 id -exclude-image-from-quota",
        "create --disk-limit-size-bytes 0xC350 --exclude-image-from-quota -- URI id"
      })
  void takesFlagsBeforeBetweenAndAfterArguments(String words) {
    assertThat(groot(words.replace("URI", image()).split(" "))).isZero();

    assertThat(host.calls())
        .filteredOn(c -> c.function().equals("SetQuota"))
        .singleElement()
        .satisfies(c -> assertThat(c.args().toString()).contains("" + (50_000 + 10_240)));
  }

  // groot-image.md §23 case 4
  @Test
  void refusesANegativeLimitBeforeAnythingElse() {
    assertThat(groot("create", "docker://127.0.0.1:1/a/b", "id", "--disk-limit-size-bytes", "-500"))
        .isEqualTo(1);

    assertThat(out).isEqualTo("invalid disk limit: -500\n");
    assertThat(Path.of(store)).doesNotExist();
  }

  // groot-image.md §23 case 5
  @Test
  void refusesALimitThatIsNoNumber() {
    assertThat(groot("create", "--disk-limit-size-bytes", "abc", "u", "id")).isEqualTo(1);

    String reason = "invalid value \"abc\" for flag -disk-limit-size-bytes: parse error";
    assertThat(out).startsWith("Incorrect Usage: " + reason + "\n\n").endsWith(reason + "\n");
  }

  @Test
  void refusesUnknownFlagsOfACommandAndOfAll() {
    assertThat(groot("pull", "-bogus", "u")).isEqualTo(1);
    assertThat(out).startsWith("Incorrect Usage: flag provided but not defined: -bogus\n\n");

    assertThat(bare("--bogus", "pull", "u")).isEqualTo(1);
    assertThat(out).startsWith("Incorrect Usage. flag provided but not defined: -bogus\n\n");
  }

  // groot-image.md §23 case 6
  @Test
  void saysOnStandardErrorThatACommandIsUnknown() throws IOException {
    assertThat(groot("nope")).isEqualTo(3);
    assertThat(out).isEmpty();
    assertThat(err).isEqualTo("No help topic for 'nope'\n");

    assertThat(groot("capacity")).isZero();
    assertThat(json().path("capacity").asLong()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "help", "h", "--help", "create --help", "pull -h"})
  void helps(String words) {
    assertThat(bare(words.isEmpty() ? new String[0] : words.split(" "))).isZero();
    assertThat(out).contains("Usage: ");
  }

  // groot-image.md §23 case 7
  @Test
  void saysThatTheConfigurationIsNotThereWhateverTheCommand() {
    String file = directory.resolve("none.yml").toString();
    for (String command : List.of("pull u", "nope", "help")) {
      List<String> words = new ArrayList<>(List.of("--config", file));
      words.addAll(List.of(command.split(" ")));
      assertThat(bare(words.toArray(String[]::new))).isEqualTo(1);
      assertThat(out)
          .isEqualTo("reading config file: open " + file + ": no such file or directory\n");
    }
  }

  // groot-image.md §23 cases 8 and 9
  @ParameterizedTest
  @CsvSource({
    "'a: [', parsing config file: yaml: ",
    "'- a', parsing config file: yaml: document is no map",
    "'insecure_registries: a', parsing config file: yaml: insecure_registries: 'a'",
    "'log_level: lol', invalid log level: lol"
  })
  void saysWhatIsWrongWithTheConfiguration(String text, String reason) throws IOException {
    assertThat(bare("--config", config(text), "stats", "x")).isEqualTo(1);

    assertThat(out).startsWith(reason).hasLineCount(1);
  }

  // groot-image.md §23 case 10
  @ParameterizedTest
  @ValueSource(strings = {"", "log_format: rfc3339", "# nothing"})
  void takesAnEmptyConfigurationAndUnknownKeys(String text) throws IOException {
    assertThat(groot("--config", config(text), "list")).isZero();
  }

  // groot-image.md §23 case 11
  @Test
  void logsJsonLinesFromTheLevelOnThatIsConfigured() throws IOException {
    groot("pull", image());
    assertThat(err.lines()).isNotEmpty().allMatch(l -> l.startsWith("{\"timestamp\":\""));

    groot("--config", config("log_level: error"), "create", image(), "web-1");
    assertThat(err).isEmpty();
  }

  // groot-image.md §23 case 12
  @Test
  void takesAStoreAndIgnoresIt() throws IOException {
    assertThat(groot("--store", directory.resolve("other").toString(), "list")).isZero();

    assertThat(json().path("layers")).isEmpty();
    assertThat(directory.resolve("other")).doesNotExist();
  }

  // groot-image.md §23 case 13
  @ParameterizedTest
  @CsvSource({
    "create u x, 'pulling image: '",
    "pull u, 'pulling image: '",
    "delete x, ''",
    "stats x, ''",
    "gc, ''",
    "list, ''",
    "capacity, ''"
  })
  void wantsADriverStore(String words, String before) {
    assertThat(bare(words.split(" "))).isEqualTo(1);

    assertThat(out).isEqualTo(before + "driver store must be set\n");
  }

  // groot-image.md §23 case 14
  @Test
  void refusesWhatIsNoUri() {
    for (String command : List.of("pull %%", "create %% x")) {
      assertThat(groot(command.split(" "))).isEqualTo(1);
      assertThat(out).isEqualTo("parse \"%%\": invalid URL escape \"%%\"\n");
    }
  }
}
