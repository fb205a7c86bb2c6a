package io.gardencell.runtime.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BundleTest {

  private static final String PLATFORM =
      "'windows' MUST be set when platform is `windows`\n"
          + "Refer to: https://github.com/opencontainers/runtime-spec/blob/v1.2.1/config.md#platform-specific-configuration";
  private static final String GOOD =
      "{\"ociVersion\":\"1.9.9\",\"process\":{\"args\":[\"cmd\"],\"cwd\":\"/home\"},"
          + "\"root\":{\"path\":\"vol\"},\"windows\":{\"layerFolders\":[\"l\"]}}";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private Path bundle;

  @BeforeEach
  void makeBundle() throws IOException {
    bundle = Files.createDirectory(directory.resolve("c1"));
  }

  // winc-runtime.md §18 case 15
  @Test
  void eachWayABundleCannotBeReadHasItsText() throws IOException {
    Path nowhere = directory.resolve("nowhere");
    assertThatThrownBy(() -> Bundle.load(nowhere, "nowhere"))
        .hasMessage("bundle does not exist: " + nowhere);
    assertThatThrownBy(() -> Bundle.load(bundle, "c1"))
        .hasMessage("bundle config.json does not exist: " + bundle);
    Files.write(bundle.resolve("config.json"), "{\"a\":1}".getBytes(StandardCharsets.UTF_16));
    assertThatThrownBy(() -> Bundle.load(bundle, "c1"))
        .hasMessage("bundle config.json not encoded in UTF-8: " + bundle);
    assertRefused("{", "contains invalid JSON: " + bundle + ": unexpected end of JSON input");
    assertRefused(
        "{\"ociVersion\":1}",
        "contains invalid JSON: "
            + bundle
            + ": json: cannot unmarshal number into Go struct field Spec.ociVersion of type string");
  }

  // winc-runtime.md §17.39
  @Test
  void aBundleThatCannotBeReadForAnotherReasonSaysSo() throws IOException {
    Files.createDirectory(bundle.resolve("config.json"));

    assertThatThrownBy(() -> Bundle.load(bundle, "c1"))
        .hasMessageStartingWith("bundle config.json does not exist: " + bundle + ": ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"mounts\":{}|object into Go struct field Spec.mounts of type []specs.Mount",
        "\"process\":{\"args\":7}|number into Go struct field Process.process.args of type []string",
        "\"process\":{\"args\":[7]}|number into Go struct field Process.process.args of type string",
        "\"process\":{\"cwd\":true}|bool into Go struct field Process.process.cwd of type string",
        "\"root\":\"x\"|string into Go struct field Spec.root of type specs.Root",
      })
  void aValueOfTheWrongTypeIsNamed(String member, String text) throws IOException {
    assertRefused(
        "{" + member + "}",
        "contains invalid JSON: " + bundle + ": json: cannot unmarshal " + text);
  }

  // winc-runtime.md §18 case 16
  @Test
  void anEmptyDocumentHasAllFindingsInOrder() throws IOException {
    assertRefused(
        "{}",
        "is invalid: "
            + bundle
            + ":\n\t"
            + PLATFORM
            + "\n\t'Spec.Version' should not be empty"
            + "\n\t\"\" is not a valid SemVer: Version string empty"
            + "\n\t'root' MUST be set when platform is `windows`");
  }

  // winc-runtime.md §18 case 17
  @Test
  void emptyMembersOfTheWindowsPartAreFound() throws IOException {
    assertRefused(
        "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"\"},\"windows\":{}}",
        "is invalid: "
            + bundle
            + ":\n\t'Root.Path' should not be empty"
            + "\n\t'Windows.LayerFolders' should not be empty"
            + "\n\t'Spec.Root.Path' should not be empty.");
  }

  @Test
  void mandatoryMembersAreFoundAnywhereInTheDocument() throws IOException {
    assertRefused(
        GOOD.replace(
            "\"windows\":{",
            "\"mounts\":[{}],\"hooks\":{\"poststop\":[{}]},\"windows\":{\"devices\":[{}],"),
        "is invalid: "
            + bundle
            + ":\n\t'Mount.Destination' should not be empty"
            + "\n\t'Hook.Path' should not be empty"
            + "\n\t'WindowsDevice.ID' should not be empty"
            + "\n\t'WindowsDevice.IDType' should not be empty");
  }

  // winc-runtime.md §18 case 18
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2.0.0|validate currently only handles version 1.*, but the supplied configuration targets 2.0.0",
        "abc|\"abc\" is not a valid SemVer: No Major.Minor.Patch elements found"
      })
  void aVersionMustBeOneOfTheFirst(String version, String finding) throws IOException {
    assertRefused(GOOD.replace("1.9.9", version), "is invalid: " + bundle + ":\n\t" + finding);
  }

  // winc-runtime.md §18 case 18
  @ParameterizedTest
  @ValueSource(strings = {"1.0.0", "1.9.9", "1.2.1-rc1"})
  void aVersionOneIsTaken(String version) throws IOException {
    write(GOOD.replace("1.9.9", version));

    assertThat(Bundle.load(bundle, "c1").volume()).isEqualTo("vol");
  }

  // winc-runtime.md §18 case 19
  @Test
  void allFindingsOfTheProcessComeTogether() throws IOException {
    write(
        GOOD.replace(
            "{\"args\":[\"cmd\"],\"cwd\":\"/home\"}", "{\"cwd\":\"foo/bar\",\"env\":[\"var1\"]}"));

    assertThatThrownBy(() -> Bundle.load(bundle, "c1"))
        .hasMessage(
            "process config is invalid:"
                + "\n\tcwd \"C:foo\\\\bar\" is not an absolute path"
                + "\n\targs must not be empty"
                + "\n\tenv \"var1\" should be in the form of 'key=value'.");
  }

  // winc-runtime.md §18 case 20
  @Test
  void aBundleWithoutAProcessHasNoArguments() throws IOException {
    write(GOOD.replace("\"process\":{\"args\":[\"cmd\"],\"cwd\":\"/home\"},", ""));

    assertThatThrownBy(() -> Bundle.load(bundle, "c1"))
        .hasMessage("process config is invalid:\n\targs must not be empty");
  }

  // winc-runtime.md §18 case 21
  @Test
  void theDirectoryIsNamedLikeTheContainer() throws IOException {
    write(GOOD);

    assertThatThrownBy(() -> Bundle.load(bundle, "cX"))
        .hasMessage("container id does not match bundle directory name: cX");
    assertThat(Bundle.load(Path.of(bundle + java.io.File.separator), "c1").path())
        .isEqualTo(bundle);
  }

  // winc-runtime.md §17.1
  @Test
  void theWorkingDirectoryOfInitIsAWindowsPath() throws IOException {
    write(GOOD);

    assertThat(Bundle.load(bundle, "c1").init().cwd()).isEqualTo("C:\\home");
  }

  @Test
  void namesCountInAnyCaseAndUnknownOnesDoNot() throws IOException {
    write(GOOD.replace("\"root\":{\"path\"", "\"zzz\":[1],\"Root\":{\"PATH\""));

    assertThat(Bundle.load(bundle, "c1").volume()).isEqualTo("vol");
  }

  private void assertRefused(String json, String text) throws IOException {
    write(json);
    assertThatThrownBy(() -> Bundle.load(bundle, "c1")).hasMessage("bundle config.json " + text);
  }

  private void write(String json) throws IOException {
    Files.writeString(bundle.resolve("config.json"), json);
  }
}
