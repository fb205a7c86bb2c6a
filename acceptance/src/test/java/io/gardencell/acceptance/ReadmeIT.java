package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Types what the README tells a newcomer to type, in order, with a free port in place of the usual
 * one; the build, of which this test is a part, is left out.
 */
class ReadmeIT {

  private static final Pattern STARTED =
      Pattern.compile("guardian\\.started.*addr=\"?127\\.0\\.0\\.1:([0-9]+)");

  @Test
  void theLinesOfTheReadmeWorkAsWritten(@TempDir Path home) throws Exception {
    Path root = Path.of(System.getProperty("gardencell.root", "..")).toRealPath();
    String readme = Files.readString(root.resolve("README.md"));
    List<String> lines = new ArrayList<>(block(readme, "## Start"));
    lines.addAll(block(readme, "## Try more"));
    for (String module : List.of("garden-server", "garden-client", "winc-runtime")) {
      Files.createSymbolicLink(home.resolve(module), root.resolve(module));
    }
    Files.writeString(home.resolve("README.md"), readme);
    assertThat(lines.get(0)).startsWith("mvn ").contains(" && java -jar ");
    String start = lines.get(0).substring(lines.get(0).indexOf("java -jar ")) + " --bind-port=0";
    Path log = home.resolve("log");
    Process server =
        new ProcessBuilder("sh", "-c", "exec " + start)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Map<String, String> answers = new LinkedHashMap<>();
    String last = "";
    try {
      String port = port(server, log);
      for (String line : lines.subList(1, lines.size())) {
        last = typed(home, line.replace("localhost:7777", "localhost:" + port));
        answers.putIfAbsent(line, last);
      }
    } finally {
      server.destroy();
      assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    assertThat(answers.keySet()).allMatch(line -> line.matches("(curl|java|tar) .*"));
    assertThat(answer(answers, "/ping")).isEqualTo("{}\n");
    assertThat(answer(answers, "-X POST localhost:7777/containers -d"))
        .isEqualTo("{\"Handle\":\"c1\"}\n");
    assertThat(answer(answers, "/c1/info"))
        .contains("\"State\":\"active\"", "\"ContainerIP\":\"172.");
    assertThat(answer(answers, "/c1/processes -d"))
        .contains(
            "{\"process_id\":\"p1\",\"stream_id\":\"1\"}\n",
            "{\"process_id\":\"p1\",\"exit_status\":0}\n");
    assertThat(answer(answers, "/stdout")).isEqualTo("hello\n");
    assertThat(answer(answers, "winc.jar state c1"))
        .contains("\"id\": \"c1\"", "\"status\": \"running\"");
    assertThat(answer(answers, "-X DELETE")).isEqualTo("{}\n");
    assertThat(answer(answers, "?owner=me")).isEqualTo("{\"Handles\":[\"shop\"]}\n");
    assertThat(answer(answers, "/shop/info")).contains("\"ContainerPort\":8080", "8081}]");
    assertThat(answer(answers, "?destination=")).isEqualTo("{}\n");
    assertThat(answer(answers, "?source=")).isEqualTo("README.md\n");
    assertThat(answer(answers, "exit 42")).contains("\"exit_status\":42");
    assertThat(answer(answers, "no-such-program")).contains("ExecutableNotFoundError");
    assertThat(answer(answers, "/shop/metrics")).contains("\"TotalUsageTowardLimit\":");
    assertThat(answer(answers, "/shop/stop")).isEqualTo("{}\n");
    assertThat(answer(answers, "-X DELETE localhost:7777/containers/shop")).isEqualTo("{}\n");
    assertThat(last).contains("ContainerNotFoundError");
    assertThat(Files.readString(log)).contains("nothing is isolated").contains("guardian.stopped");
    assertThat(home.resolve("garden-data/depot")).isEmptyDirectory();
  }

  /** The indented lines of a section. */
  private static List<String> block(String page, String heading) {
    String section = page.substring(page.indexOf(heading) + heading.length());
    int next = section.indexOf("\n## ");
    return (next < 0 ? section : section.substring(0, next))
        .lines()
        .filter(line -> line.startsWith("    "))
        .map(String::strip)
        .toList();
  }

  private static String answer(Map<String, String> answers, String part) {
    return answers.entrySet().stream()
        .filter(entry -> entry.getKey().contains(part))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no line with " + part + " in the README"));
  }

  private static String port(Process server, Path log) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (System.nanoTime() < end && !server.waitFor(50, TimeUnit.MILLISECONDS)) {
      Matcher started = STARTED.matcher(Files.readString(log));
      if (started.find()) {
        return started.group(1);
      }
    }
    throw new AssertionError("not started:\n" + Files.readString(log));
  }

  private static String typed(Path home, String line) throws IOException, InterruptedException {
    Path out = Files.createTempFile(home, "line", ".out");
    Process shell =
        new ProcessBuilder("sh", "-c", line)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertThat(shell.waitFor(120, TimeUnit.SECONDS)).as(line).isTrue();
    return Files.readString(out);
  }
}
