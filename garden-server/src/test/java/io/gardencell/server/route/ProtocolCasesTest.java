package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Tests say in a comment which of the protocol's numbered cases and of the reference's weaknesses
 * they prove; here it is seen that none is without a test.
 */
class ProtocolCasesTest {

  private static final Path TESTS =
      Path.of(System.getProperty("gardencell.root", ".."), "garden-server", "src", "test", "java");
  private static final Pattern COMMENT = Pattern.compile("// (garden-api\\.md .*|weakness.*)");
  private static final Pattern NUMBERS =
      Pattern.compile("(case|weakness)(?:e?s)? ((?:\\d+(?:, | and )?)+)");

  private static Set<Integer> cited(String kind) throws IOException {
    Set<Integer> numbers = new TreeSet<>();
    try (Stream<Path> files = Files.walk(TESTS)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        Matcher comment = COMMENT.matcher(Files.readString(file));
        while (comment.find()) {
          Matcher found = NUMBERS.matcher(comment.group(1));
          while (found.find()) {
            if (found.group(1).equals(kind)) {
              Pattern.compile("\\d+")
                  .matcher(found.group(2))
                  .results()
                  .forEach(n -> numbers.add(Integer.valueOf(n.group())));
            }
          }
        }
      }
    }
    return numbers;
  }

  @Test
  void everyCaseOfTheProtocolHasATest() throws IOException {
    assertThat(cited("case"))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 74).boxed().toList());
  }

  @Test
  void everyWeaknessOfTheReferenceIsBeatenByATest() throws IOException {
    assertThat(cited("weakness"))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 20).boxed().toList());
  }
}
