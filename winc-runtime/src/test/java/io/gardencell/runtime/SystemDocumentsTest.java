package io.gardencell.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.document.MappedDirectory;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.runtime.bundle.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SystemDocumentsTest {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private FakeHost fake;

  @BeforeEach
  void open() {
    fake = new FakeHost(directory.resolve("proc"));
  }

  // winc-runtime.md §18 case 27, §17.25
  @ParameterizedTest
  @CsvSource({
    "67108864, 64",
    "0, 0",
    "1, 1",
    "1048576, 1",
    "1048577, 2",
    "9223372036854775807, 8796093022208"
  })
  void aMemoryLimitIsRoundedUpToWholeMebibytes(String bytes, long mebibytes) throws IOException {
    SystemDocument document = document("", ",\"resources\":{\"memory\":{\"limit\":" + bytes + "}}");

    assertThat(document.memoryMaximumInMb()).isEqualTo(mebibytes);
    assertThat(document.json().contains("MemoryMaximumInMB")).isEqualTo(mebibytes > 0);
  }

  // winc-runtime.md §18 case 27, §17.26
  @ParameterizedTest
  @CsvSource({"8080, 8080", "0, 0", "10000, 10000", "10001, 10000", "65535, 10000"})
  void sharesAreTheWeightUpToTheMostThatHcsTakes(int shares, long weight) throws IOException {
    SystemDocument document =
        document(
            "",
            ",\"resources\":{\"cpu\":{\"shares\":%d,\"maximum\":500,\"count\":2}}"
                .formatted(shares));

    assertThat(document.processorWeight()).isEqualTo(weight);
    assertThat(document.json().contains("ProcessorWeight")).isEqualTo(weight > 0);
    assertThat(document.json()).doesNotContain("ProcessorMaximum", "ProcessorCount");
  }

  // winc-runtime.md §18 case 25
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"[] | true", "['bind'] | true", "['bind','ro'] | true", "['bind','rw'] | false"})
  void aMountIsReadOnlyUnlessItSaysOtherwise(String options, boolean readOnly) throws IOException {
    SystemDocument document = document(mount(directory, options), "");

    assertThat(document.mappedDirectories())
        .containsExactly(MappedDirectory.of(directory.toString(), "C:\\d", readOnly));
  }

  // winc-runtime.md §18 case 25
  @Test
  void aMountThatIsBothReadOnlyAndWritableIsRefused() {
    assertThatThrownBy(() -> document(mount(directory, "['bind','rw','ro']"), ""))
        .hasMessage("invalid mount options for container c1: [bind rw ro]");
  }

  // winc-runtime.md §18 case 26
  @Test
  void aMountWithoutASourceIsRefused() {
    Path missing = directory.resolve("no").resolve("where");

    assertThatThrownBy(() -> document(mount(missing, "[]"), ""))
        .hasMessage(
            "GetFileAttributesEx " + missing + ": The system cannot find the path specified.");
  }

  // winc-runtime.md §18 case 28
  @Test
  void layersKeepTheirOrderAndAreNamedByTheirLastElement() throws IOException {
    assertThat(document("", "").json())
        .contains(
            "\"Layers\":[{\"ID\":\"guid-of-top\",\"Path\":\"C:\\\\l\\\\top\\\\\"},"
                + "{\"ID\":\"guid-of-base\",\"Path\":\"C:\\\\l\\\\base\"}]");
  }

  private static String mount(Path source, String options) {
    return "\"mounts\":[{\"source\":\"%s\",\"destination\":\"/d\",\"options\":%s}],"
        .formatted(source, options.replace('\'', '"'));
  }

  private SystemDocument document(String members, String windows) throws IOException {
    Path bundle = Files.createDirectories(directory.resolve("depot").resolve("c1"));
    Files.writeString(
        bundle.resolve("config.json"),
        "{\"ociVersion\":\"1.2.1\",\"process\":{\"args\":[\"init\"],\"cwd\":\"/\"},"
            + "\"root\":{\"path\":\"vol\"},"
            + members
            + "\"windows\":{\"layerFolders\":[\"C:\\\\l\\\\top\\\\\",\"C:\\\\l\\\\base\"]"
            + windows
            + "}}");
    return new SystemDocuments(fake.host(), "").of("c1", Bundle.load(bundle, "c1"), "").document();
  }
}
