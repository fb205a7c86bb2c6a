package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.ContainerSpec;
import io.gardencell.api.GardenException;
import io.gardencell.api.ProcessSpec;
import io.gardencell.client.ProcessOutput;
import io.gardencell.client.RemoteContainer;
import io.gardencell.client.RemoteProcess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files into and out of containers, on a socket, with the real modules. */
class FilesIT {

  private static GardenDaemon daemon;
  private static RemoteContainer container;

  @BeforeAll
  static void start() throws IOException {
    daemon = GardenDaemon.inProcess();
    container = daemon.client().create(ContainerSpec.ofHandle("files"));
  }

  @AfterAll
  static void stop() throws IOException {
    daemon.close();
  }

  @Test
  void sixtyMegabytesOfThreeThousandFilesGoInAndComeOutByteForByte() throws IOException {
    Random random = new Random(42);
    Map<String, byte[]> sent = new TreeMap<>();
    for (int i = 0; i < 3000; i++) {
      byte[] bytes = new byte[random.nextInt(40_000)];
      random.nextBytes(bytes);
      sent.put("directory-" + i % 50 + "/ünder/file " + i + ".bin", bytes);
    }
    Tar tar = new Tar();
    sent.forEach(tar::file);

    container.streamIn("C:\\data\\in", "vcap", tar::writeTo);

    Map<String, byte[]> whole = Tar.files(container.streamOut("C:\\data\\in", "vcap"));
    assertThat(whole.keySet())
        .containsExactlyInAnyOrderElementsOf(sent.keySet().stream().map(n -> "in/" + n).toList());
    assertThat(sent)
        .allSatisfy((name, bytes) -> assertThat(same(whole, "in/" + name, bytes)).isTrue());
    assertThat(Tar.files(container.streamOut("C:\\data\\in\\directory-7\\", "")).keySet())
        .hasSize(60)
        .allSatisfy(name -> assertThat(name.replaceFirst("^\\./", "")).startsWith("ünder/file "));
  }

  private static boolean same(Map<String, byte[]> files, String name, byte[] bytes) {
    return Arrays.equals(files.get(name), bytes);
  }

  @Test
  void aSingleFileComesOutUnderItsName() throws IOException {
    container.streamIn(
        "C:/single", "", new ByteArrayInputStream(new Tar().file("a b.txt", "text").bytes()));

    assertThat(Tar.files(container.streamOut("C:/single/a b.txt", ""))).containsOnlyKeys("a b.txt");
  }

  @Test
  void aBodyThatBreaksOffIsNoSuccess() {
    assertThatThrownBy(
            () ->
                container.streamIn(
                    "C:\\broken",
                    "",
                    out -> {
                      out.write(new Tar().file("x", new byte[100_000]).bytes(), 0, 50_000);
                      throw new IOException("disk on fire");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("disk on fire");
  }

  @Test
  void anUnknownContainerRefusesALargeBodyReadably() {
    assertThatThrownBy(
            () ->
                daemon
                    .client()
                    .container("no-such")
                    .streamIn("C:\\", "", new Tar().file("x", new byte[5 << 20])::writeTo))
        .isInstanceOf(GardenException.ContainerNotFound.class);
  }

  private static byte[] archive(Path directory, String script) throws Exception {
    Process tar =
        new ProcessBuilder("sh", "-c", script)
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    byte[] bytes = tar.getInputStream().readAllBytes();
    assertThat(tar.waitFor()).isZero();
    return bytes;
  }

  // garden-api.md §7
  @ParameterizedTest
  @ValueSource(strings = {"gnu", "posix"})
  void filesWithHolesAndLinksOfARealTarArriveAsTheyWere(String format, @TempDir Path directory)
      throws Exception {
    byte[] tar =
        archive(
            directory,
            "truncate -s 3M holes && printf end >> holes && ln holes hard && ln -s holes soft"
                + " && tar --sparse --format="
                + format
                + " -c holes hard soft");
    assertThat(tar.length).as("that there are holes").isLessThan(1 << 20);

    container.streamIn("C:/sparse-" + format, "", new ByteArrayInputStream(tar));

    ProcessSpec look =
        ProcessSpec.of("sh", "-c", "wc -c < hard; tail -c 3 soft; test holes -ef hard")
            .withDir("C:\\sparse-" + format);
    try (RemoteProcess process = container.run(look)) {
      ProcessOutput seen = process.readToEnd(Duration.ofSeconds(30));
      assertThat(seen.stdoutText()).isEqualToIgnoringWhitespace("3145731 end");
      assertThat(seen.exitStatus()).isZero();
    }
  }

  @Test
  void linksThatAProcessPlantsLeadNeitherOutNorIn(@TempDir Path outside) throws Exception {
    Files.writeString(outside.resolve("secret"), "secret");
    ProcessSpec plant =
        ProcessSpec.of("sh", "-c", "ln -s " + outside + " out").withDir("C:\\planted");
    try (RemoteProcess process = container.run(plant)) {
      assertThat(process.readToEnd(Duration.ofSeconds(30)).exitStatus()).isZero();
    }
    byte[] evil = new Tar().file("file", "evil").bytes();
    byte[] through = new Tar().file("out/file", "evil").bytes();

    assertThatThrownBy(
            () -> container.streamIn("C:\\planted\\out", "", new ByteArrayInputStream(evil)))
        .hasMessageContaining("out is a link, not followed");
    assertThatThrownBy(
            () -> container.streamIn("C:\\planted", "", new ByteArrayInputStream(through)))
        .hasMessageContaining("out is a link, not followed");
    assertThatThrownBy(() -> container.streamOut("C:\\planted\\out\\secret", "").close())
        .hasMessageContaining("out is a link, not followed");
    try (InputStream all = container.streamOut("C:\\planted\\", "")) {
      assertThat(new String(all.readAllBytes(), StandardCharsets.UTF_8))
          .contains("out")
          .doesNotContain("secret");
    }
    assertThat(outside).isDirectoryNotContaining(file -> !file.endsWith("secret"));
  }

  @Test
  void aMissingSourceIsAnError() {
    assertThatThrownBy(() -> container.streamOut("C:\\no\\such", "").close())
        .isInstanceOf(GardenException.class)
        .hasMessageContaining("such");
  }
}
