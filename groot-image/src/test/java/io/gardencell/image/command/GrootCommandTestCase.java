package io.gardencell.image.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.hcs.golden.RecordingHost;
import io.gardencell.image.DirectoryHost;
import io.gardencell.image.TestImage;
import io.gardencell.image.layer.TarBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Runs of the command on a host of directories, and what they wrote. */
class GrootCommandTestCase {

  final RecordingHost host = new RecordingHost(new DirectoryHost().open());
  Path directory = Path.of("");
  String store = "";
  String out = "";
  String err = "";

  @BeforeEach
  void remember(@TempDir Path temporary) {
    directory = temporary;
    store = directory.resolve("store").toString();
  }

  /** Runs it as given; the exit code. */
  int bare(String... words) {
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
  int groot(String... words) {
    return bare(
        Stream.concat(Stream.of("--driver-store", store), Stream.of(words)).toArray(String[]::new));
  }

  String image() {
    return new TestImage(directory.resolve("image"))
        .env("A=b<c>&d")
        .layer(new TarBuilder().directory("Files").file("Files/a", "12345").bytes())
        .uri();
  }

  JsonNode json() throws IOException {
    assertThat(out).endsWith("\n").hasLineCount(1);
    return new ObjectMapper().readTree(out);
  }

  String config(String text) throws IOException {
    return Files.writeString(directory.resolve("groot.yml"), text).toString();
  }
}
