package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.ContainerSpec;
import io.gardencell.api.GardenException;
import io.gardencell.client.RemoteContainer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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

  @Test
  void aMissingSourceIsAnError() {
    assertThatThrownBy(() -> container.streamOut("C:\\no\\such", "").close())
        .isInstanceOf(GardenException.class)
        .hasMessageContaining("such");
  }
}
