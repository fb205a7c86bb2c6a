package io.gardencell.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.hcs.golden.FaultRules;
import io.gardencell.hcs.golden.RecordingHost;
import io.gardencell.image.layer.TarBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit codes, standard output and standard error of every command. */
class GrootCommandTest {

  private final RecordingHost host = new RecordingHost(new DirectoryHost().open());
  private Path directory;
  private String store = "";
  private String out = "";
  private String err = "";

  @BeforeEach
  void remember(@TempDir Path temporary) {
    directory = temporary;
    store = directory.resolve("store").toString();
  }

  /** Runs it as given; the exit code. */
  private int bare(String... words) {
    ByteArrayOutputStream standard = new ByteArrayOutputStream();
    ByteArrayOutputStream error = new ByteArrayOutputStream();
    int code =
        new GrootCommand((name, data) -> host.host(), Map.of(), standard, error, () -> false)
            .run(words);
    out = standard.toString(StandardCharsets.UTF_8);
    err = error.toString(StandardCharsets.UTF_8);
    return code;
  }

  /** Runs it on the store. */
  private int groot(String... words) {
    return bare(
        Stream.concat(Stream.of("--driver-store", store), Stream.of(words)).toArray(String[]::new));
  }

  private String image() {
    return new TestImage(directory.resolve("image"))
        .env("A=b<c>&d")
        .layer(new TarBuilder().directory("Files").file("Files/a", "12345").bytes())
        .uri();
  }

  private JsonNode json() throws IOException {
    assertThat(out).endsWith("\n").hasLineCount(1);
    return new ObjectMapper().readTree(out);
  }

  private String config(String text) throws IOException {
    return Files.writeString(directory.resolve("groot.yml"), text).toString();
  }

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

  // groot-image.md §23 cases 126 and 142
  @Test
  void createPrintsTheSpecificationOnOneLine() throws IOException {
    assertThat(groot("create", image(), "web-1")).isZero();

    JsonNode made = json();
    assertThat(made.path("ociVersion").asText()).isEqualTo("1.2.1");
    assertThat(made.path("process").toString())
        .isEqualTo("{\"user\":{\"uid\":0,\"gid\":0},\"env\":[\"A=b<c>&d\"],\"cwd\":\"\"}");
    assertThat(made.path("root").path("path").asText()).startsWith("\\\\?\\Volume{");
    assertThat(made.path("windows").path("layerFolders")).hasSize(1);

    String bare =
        new TestImage(directory.resolve("bare"))
            .layer(new TarBuilder().directory("Files").bytes())
            .uri();
    assertThat(groot("create", bare, "web-2")).isZero();
    assertThat(json().has("process")).isFalse();
  }

  @Test
  void printsNothingForPullAndDeleteAndDocumentsForTheRest() throws IOException {
    assertThat(groot("pull", image())).isZero();
    assertThat(out).isEmpty();
    groot("create", image(), "web-1");

    assertThat(groot("stats", "web-1")).isZero();
    assertThat(json().toString())
        .isEqualTo("{\"disk_usage\":{\"total_bytes_used\":5,\"exclusive_bytes_used\":0}}");
    assertThat(groot("list")).isZero();
    assertThat(json().path("layers").path(0).path("size").asLong()).isEqualTo(5);
    assertThat(json().path("volumes").toString())
        .isEqualTo("[{\"handle\":\"web-1\",\"complete\":true}]");

    assertThat(groot("delete", "web-1")).isZero();
    assertThat(out).isEmpty();
    assertThat(groot("gc")).isZero();
    assertThat(json().path("removed")).hasSize(1);
    assertThat(groot("clean", "--threshold-bytes", "5")).isZero();
    assertThat(json().path("removed")).isEmpty();
  }

  // groot-image.md §23 case 132
  @Test
  void deletesWhatIsNotThereAndLogsIt() {
    assertThat(groot("delete", "nobody")).isZero();

    assertThat(out).isEmpty();
    assertThat(err).contains("groot.delete.volume-not-found").contains("\"bundleID\":\"nobody\"");
  }

  // groot-image.md §23 case 137
  @Test
  void saysThatAVolumeIsUnknown() {
    assertThat(groot("stats", "x")).isEqualTo(1);

    assertThat(out).isEqualTo("could not get volume path for bundle ID: x\n");
  }

  // groot-image.md §23 case 134
  @ParameterizedTest
  @ValueSource(strings = {"", "..\\layers\\x", "a/b", "..", "con", "x."})
  void refusesHandlesThatAreNoNames(String handle) {
    groot("create", image(), "web-1");
    for (String[] words :
        List.of(
            new String[] {"delete", handle},
            new String[] {"stats", handle},
            new String[] {"create", image(), handle})) {
      assertThat(groot(words)).as(words[0]).isEqualTo(1);
      assertThat(out).isEqualTo("invalid handle: '" + handle + "'\n");
    }
    assertThat(DriverStore.names(Path.of(store, "volumes"))).containsExactly("web-1");
  }

  @Test
  void tellsOnStandardOutputWhyTheHostRefused() {
    host.fail(FaultRules.of("CreateSandboxLayer=0x80070005@*"));

    assertThat(groot("create", image(), "web-1")).isEqualTo(1);

    assertThat(out)
        .startsWith("creating bundle: hcsshim::CreateScratchLayer - failed failed in Win32: ")
        .hasLineCount(1);
  }

  @Test
  void tellsADefectOfItsOwnOnStandardOutput() {
    ByteArrayOutputStream standard = new ByteArrayOutputStream();
    GrootCommand broken =
        new GrootCommand(
            (name, data) -> {
              throw new IllegalStateException("no such luck");
            },
            Map.of(),
            standard,
            new ByteArrayOutputStream(),
            () -> false);

    assertThat(broken.run("--driver-store", store, "list")).isEqualTo(1);

    assertThat(standard.toString(StandardCharsets.UTF_8)).contains("no such luck").hasLineCount(1);
  }
}
