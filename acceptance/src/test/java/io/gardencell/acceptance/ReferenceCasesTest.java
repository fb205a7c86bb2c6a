package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/reference-cases.md} and the citations beside the tests leave no case out. */
class ReferenceCasesTest {

  private static final int ROWS = 44;
  private static final int CASES = 61;

  private static final Pattern CITED =
      Pattern.compile("// guardian\\.md §20 cases? ([0-9]+(?:(?:, | and )[0-9]+)*)");
  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+)#(\\w+)`");

  private final Path root = Path.of(System.getProperty("gardencell.root", "..")).toAbsolutePath();

  private List<String> rows(String start) throws IOException {
    try (Stream<String> lines = Files.lines(root.resolve("docs/reference-cases.md"))) {
      return lines.filter(line -> line.matches("\\| " + start + "[0-9]+ \\|.*")).toList();
    }
  }

  private Map<String, String> tests() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    List<Path> modules;
    try (Stream<Path> all = Files.list(root)) {
      modules = all.map(m -> m.resolve("src/test/java")).filter(Files::isDirectory).toList();
    }
    for (Path module : modules) {
      try (Stream<Path> files = Files.walk(module)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          String name = String.valueOf(file.getFileName()).replace(".java", "");
          sources.merge(name, Files.readString(file), String::concat);
        }
      }
    }
    return sources;
  }

  @Test
  void everyAcceptanceRowHasATestOrAReason() throws IOException {
    Map<String, String> tests = tests();
    List<String> wrong = new ArrayList<>();
    List<String> rows = rows("A");
    for (String row : rows) {
      List<MatchResult> named = NAMED.matcher(row).results().toList();
      if (named.isEmpty() && !row.contains("not expressible: ")) {
        wrong.add("names no test: " + row);
      }
      named.stream()
          .filter(n -> !tests.getOrDefault(n.group(1), "").contains("void " + n.group(2) + "("))
          .forEach(n -> wrong.add("no such test: " + n.group()));
    }

    assertThat(wrong).isEmpty();
    assertThat(rows.stream().map(row -> row.split(" ", 3)[1]))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, ROWS).mapToObj(i -> "A" + i).toList());
  }

  @Test
  void everyNumberedCaseIsCitedOrExplained() throws IOException {
    TreeSet<Integer> known =
        rows("").stream()
            .map(row -> Integer.parseInt(row.split(" ", 3)[1]))
            .collect(Collectors.toCollection(TreeSet::new));
    for (String source : tests().values()) {
      CITED
          .matcher(source)
          .results()
          .flatMap(found -> Stream.of(found.group(1).split(", | and ")))
          .forEach(number -> known.add(Integer.parseInt(number)));
    }

    assertThat(known).containsExactlyElementsOf(IntStream.rangeClosed(1, CASES).boxed().toList());
  }
}
