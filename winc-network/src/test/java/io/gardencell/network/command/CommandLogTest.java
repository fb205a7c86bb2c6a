package io.gardencell.network.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command writes into its log. */
class CommandLogTest extends CommandRuns {

  CommandLogTest(@TempDir Path dir) {
    super(dir);
  }

  // winc-network.md §22 case 7
  @Test
  void theLogIsMadeWithItsFolderAndAppendedTo() throws Exception {
    Path log = dir.resolve("a").resolve("b.log");
    run("", "--action=down", "--handle=h1", "--log=" + log, "--debug");
    long size = Files.size(log);

    run("", "--action=up", "--handle=h1", "--log=" + log);

    assertThat(Files.size(log)).isGreaterThan(size);
    assertThat(Files.readString(log)).contains("\"level\":\"error\",\"msg\":\"networkUp: EOF\"");
  }

  // winc-network.md §22 case 7
  @ParameterizedTest
  @ValueSource(strings = {"NUL", "nul", ""})
  void noLogMeansNoFile(String name) throws Exception {
    run("", "--action=foo", "--log=" + name);

    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files).isEmpty();
    }
  }

  // winc-network.md §2: the log's records
  @Test
  void theDebugLogHasTheStepsAndTheDocuments() throws Exception {
    Path log = dir.resolve("steps.log");
    run("", "--action=create");

    run(
        "{\"Pid\":7,\"Properties\":{\"ports\":\"8080\"}}",
        "--action=up",
        "--handle=h1",
        "--log=" + log,
        "--debug");

    assertThat(Files.readAllLines(log).stream().map(CommandLogTest::message))
        .contains(
            "debug start networkmanager up 7",
            "debug created endpoint h1",
            "debug applying outbound traffic rules 7",
            "debug opening application ports: 8080",
            "info running 'netsh http add urlacl url=http://*:8080/ user=Users' in h1",
            "debug opened application ports",
            "debug applied network mappings h1",
            "debug applied container MTU 1500",
            "debug finished networkmanager up 7")
        .anyMatch(
            line ->
                line.startsWith("debug [POST]=>[/endpoints/] Request : {\"Name\":\"h1\",\"Virt"))
        .anyMatch(line -> line.startsWith("debug Network Response : {\"ID\":"));
    assertThat(Files.readString(log))
        .contains("\"time\":\"")
        .doesNotContain("garden.network.container-ip");
  }

  // winc-network.md §21 weakness 27
  @Test
  void theLogsTimesAreUtcWhateverTheMachinesZone() throws Exception {
    Path log = dir.resolve("zone.log");
    TimeZone zone = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
    try {
      run("", "--action=foo", "--log=" + log);
    } finally {
      TimeZone.setDefault(zone);
    }

    String time = Files.readString(log).replaceFirst("(?s)^.*\"time\":\"([^\"]*)\".*$", "$1");

    assertThat(Instant.parse(time)).isCloseTo(Instant.now(), within(1, ChronoUnit.HOURS));
  }

  @Test
  void theTextLogQuotesWhatNeedsIt() throws Exception {
    Path log = dir.resolve("text.log");

    run("", "--action=foo", "--log=" + log, "--log-format=text");
    run("", "--action=foo", "--log=" + log, "--log-format=xml");

    assertThat(Files.readAllLines(log).stream().map(l -> l.replaceFirst("^time=\"[^\"]*\" ", "")))
        .containsExactly(
            "level=error msg=\"invalid action: foo\"",
            "level=error msg=\"invalid log format: xml\"");
  }

  private static String message(String line) {
    String level = line.replaceFirst("^\\{\"level\":\"([a-z]+)\".*", "$1");
    String text = line.replaceFirst("^.*?\"msg\":\"(.*)\",\"time\":.*$", "$1");
    return level + " " + text.replace("\\\"", "\"");
  }
}
