package io.gardencell.image.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gardencell.hcs.golden.FaultRules;
import io.gardencell.image.StoreFolders;
import io.gardencell.image.TestImage;
import io.gardencell.image.layer.TarBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit codes, standard output and standard error of commands that were understood. */
class GrootCommandTest extends GrootCommandTestCase {

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
    assertThat(StoreFolders.names(Path.of(store, "volumes"))).containsExactly("web-1");
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
