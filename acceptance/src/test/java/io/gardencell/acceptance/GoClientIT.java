package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Diego's client is written in Go and stands on Go's HTTP and JSON packages, which are particular
 * about heads of hijacked connections and ends of bodies. A client made of the same packages walks
 * through every operation.
 */
class GoClientIT {

  private static String run(Path directory, Path out, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("GOFLAGS", "-mod=mod");
    builder.environment().put("GOPROXY", "off");
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    process.getOutputStream().close();
    boolean ended = process.waitFor(180, TimeUnit.SECONDS);
    process.destroyForcibly();
    String printed = Files.readString(out, StandardCharsets.UTF_8);
    assertThat(ended).as(printed).isTrue();
    assertThat(process.exitValue()).as(printed).isZero();
    return printed;
  }

  private static boolean hasGo() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "go")));
  }

  // garden-api.md §15: Go-client conformance
  @Test
  void aClientOfGosOwnPackagesFindsEverythingAsItExpects(@TempDir Path directory) throws Exception {
    assumeTrue(hasGo(), "no Go compiler on the PATH; runs where .ci/run finds one");
    Path sources =
        Path.of(System.getProperty("gardencell.root", "..")).resolve("acceptance/go-client");
    Path program = directory.resolve("go-client");
    Path out = directory.resolve("printed");
    run(sources, out, "go", "build", "-o", program.toString(), ".");

    try (GardenDaemon daemon = GardenDaemon.inProcess()) {
      String facts = run(directory, out, program.toString(), "127.0.0.1:" + daemon.port());

      assertThat(facts.lines()).hasSizeGreaterThan(50).allMatch(line -> line.startsWith("holds: "));
    }
  }
}
