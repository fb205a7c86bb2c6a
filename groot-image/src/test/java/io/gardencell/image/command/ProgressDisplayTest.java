package io.gardencell.image.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gardencell.image.TestImage;
import io.gardencell.image.layer.TarBuilder;
import io.gardencell.image.source.LayerInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ProgressDisplayTest {

  private Path directory;

  @BeforeEach
  void remember(@TempDir Path temporary) {
    directory = temporary;
  }

  private static LayerInfo layer(String id, long size) {
    return new LayerInfo(id, null, null, id, size, "", List.of());
  }

  private static String shown(String wanted, boolean terminal) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (ProgressDisplay display = ProgressDisplay.of(wanted, () -> terminal, err)) {
      LayerInfo cached = layer("one", 1_000_000);
      LayerInfo missing = layer("two", 3_000_000);
      display.begun(List.of(cached, missing), 1);
      display.done(cached, true);
      display.downloaded(missing, 3_000_000);
      display.done(missing, false);
    }
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void drawsABarOverAndOverOnATerminal() {
    assertThat(shown("auto", true))
        .isEqualTo(
            "\r[..............................] 0.0 MB of 4.0 MB, layer 1 of 2 "
                + "\r[#######.......................] 1.0 MB of 4.0 MB, layer 2 of 2 "
                + "\r[##############################] 4.0 MB of 4.0 MB, layer 2 of 2 \n");
  }

  @Test
  void countsLayersWhereTheirSizesAreUnknown() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (ProgressDisplay display = ProgressDisplay.of("bar", () -> false, err)) {
      display.begun(List.of(layer("one", -1), layer("two", -1)), 2);
      display.done(layer("one", -1), false);
    }

    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "\r[..............................] layer 1 of 2 "
                + "\r[###############...............] layer 2 of 2 \n");
  }

  @Test
  void writesALineForEachLayerIfTold() {
    assertThat(shown("plain", true))
        .isEqualTo("2 layers, 4.0 MB, 1 missing\nlayer 1/2 cached one\nlayer 2/2 unpacked two\n");
  }

  @Test
  void leavesItToTheLogElsewhere() {
    assertThat(shown("auto", false)).isEmpty();
    assertThat(shown("log", true)).isEmpty();
    assertThatThrownBy(() -> shown("no", false))
        .hasMessage("progress: 'no' (expected: auto, bar, plain or log)");
  }

  /**
   * With a terminal for all three, or with standard error in a file and a terminal for the rest.
   */
  @Test
  @DisabledOnOs(OS.WINDOWS) // script(1) is a program of Unix
  void theCommandFindsOutWhetherStandardErrorIsATerminal() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "needs script(1)");
    String image =
        new TestImage(directory.resolve("image"))
            .layer(new TarBuilder().directory("Files").file("Files/a", "12345").bytes())
            .uri();
    Path error = directory.resolve("error");

    assertThat(onATerminal(command(image, "one"))).contains("\r[").doesNotContain("timestamp");

    assertThat(onATerminal(command(image, "two") + " 2>" + error)).doesNotContain("\r[");
    assertThat(Files.readAllLines(error))
        .filteredOn(line -> !line.isEmpty() && !line.startsWith("WARNING: ")) // newer JDKs' own
        .isNotEmpty()
        .allMatch(line -> line.startsWith("{\"timestamp\":"));
  }

  private String command(String image, String store) {
    return String.join(
        " ",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        GrootCommand.class.getName(),
        "--host emulated --data-dir",
        directory.resolve(store).toString(),
        "pull",
        image);
  }

  private String onATerminal(String command) throws IOException, InterruptedException {
    Path seen = directory.resolve("seen");
    List<String> words = new ArrayList<>(List.of("/usr/bin/script", "-qec", command, "/dev/null"));
    Process process =
        new ProcessBuilder(words)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(seen.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String text = Files.readString(seen);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
