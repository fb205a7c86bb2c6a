package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.FailureReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The arrows of {@code docs/architecture.md}, checked on the code that ships; and every rule
 * checked on small classes compiled here that break it, because a rule that cannot fail guards
 * nothing.
 */
class ArchitectureTest {

  private static final JavaClasses SHIPPED =
      new ClassFileImporter()
          .withImportOption(
              location ->
                  !location.contains("/test-classes/")
                      && !location.contains("-tests.jar")
                      && !location.contains("/acceptance/target/"))
          .importPackages("io.gardencell");

  static List<Law> laws() {
    return Law.all();
  }

  @Test
  void everyModuleIsLookedAt() {
    assertThat(
            Stream.of(
                "api",
                "api.files",
                "api.http",
                "api.oci",
                "api.spi",
                "hcs",
                "hcs.document",
                "hcs.jna",
                "emulator",
                "runtime",
                "network",
                "image",
                "server",
                "client",
                "cli"))
        .allMatch(name -> SHIPPED.containPackage("io.gardencell." + name));
    assertThat(SHIPPED.containPackage("io.gardencell.acceptance")).isFalse();
  }

  @ParameterizedTest
  @MethodSource("laws")
  void everyLawHoldsInTheCodeThatShips(Law law) {
    law.rule().check(SHIPPED);
  }

  @ParameterizedTest
  @MethodSource("laws")
  void everyLawReportsWhatItForbids(Law law, @TempDir Path directory) throws IOException {
    FailureReport report =
        law.rule().evaluate(compile(law.forbidden(), directory)).getFailureReport();

    assertThat(law.forbidden()).isNotEmpty();
    assertThat(law.forbidden())
        .allMatch(arrow -> report.getDetails().stream().anyMatch(d -> d.contains(arrow.user())));
  }

  @ParameterizedTest
  @MethodSource("laws")
  void everyLawLeavesItsNeighboursAlone(Law law, @TempDir Path directory) throws IOException {
    FailureReport report =
        law.rule()
            .allowEmptyShould(true)
            .evaluate(compile(law.allowed(), directory))
            .getFailureReport();

    assertThat(law.allowed()).isNotEmpty();
    assertThat(report.getDetails()).isEmpty();
  }

  private static JavaClasses compile(List<Arrow> arrows, Path directory) throws IOException {
    var sources = new TreeMap<String, String>();
    for (Arrow arrow : arrows) {
      sources.put(arrow.user(), arrow.userSource());
      if (!arrow.needsNoTarget()) {
        sources.put(arrow.target(), arrow.targetSource());
      }
    }
    var arguments =
        new ArrayList<>(
            List.of("-proc:none", "-classpath", directory.toString(), "-d", directory.toString()));
    for (var source : sources.entrySet()) {
      Path file = directory.resolve(source.getKey().replace('.', '/') + ".java");
      Files.createDirectories(file.getParent());
      arguments.add(Files.writeString(file, source.getValue()).toString());
    }
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertThat(status).as("compiling %s", sources.keySet()).isZero();
    return new ClassFileImporter().importPath(directory);
  }
}
