package io.gardencell.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.spi.ImageRequest;
import io.gardencell.api.spi.RootFilesystem;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A directory of files as an image. */
@DisabledOnOs(OS.WINDOWS) // the emulated host needs a POSIX system
class PlainDirectoryTest {

  private Path directory;
  private Path image;
  private Host host;
  private GrootImage groot;

  @BeforeEach
  void open(@TempDir Path temporary) throws IOException {
    directory = temporary;
    image = Files.createDirectory(directory.resolve("image"));
    host = HostProvider.named("emulated").open(new HostOptions(directory.resolve("data")));
    groot = new GrootImage(host, ImageConfig.ofStore(directory.resolve("store")));
  }

  @AfterEach
  void close() {
    host.close();
  }

  private void write(String name, String text) throws IOException {
    Path file = image.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  /** Makes a volume and shows it. */
  private Path volume(String handle) throws IOException {
    RootFilesystem root =
        groot.create(new ImageRequest(handle, image.toString(), "", "", 0, false));
    Path mount = Files.createDirectory(directory.resolve("mount-" + handle));
    host.volumes().mount(mount, root.rootPath());
    return mount.toRealPath();
  }

  @Test
  void isTheRootOfTheContainerWithItsModesTimesAndLinks() throws IOException {
    String longName = "n".repeat(120) + "/\u00e4\ud83d\ude00.txt";
    write("bin/tool", "tool");
    write(longName, "y");
    write("large", "0123456789".repeat(50_000));
    Files.createDirectory(image.resolve("empty"));
    Files.setPosixFilePermissions(
        image.resolve("bin/tool"), PosixFilePermissions.fromString("rwxr-x--x"));
    Files.setLastModifiedTime(
        image.resolve("bin/tool"), FileTime.from(Instant.parse("2020-01-02T03:04:05Z")));
    Files.createSymbolicLink(image.resolve("link"), Path.of("bin/tool"));

    Path volume = volume("web-1");

    assertThat(volume.resolve("bin/tool")).hasContent("tool").isExecutable();
    assertThat(Files.getLastModifiedTime(volume.resolve("bin/tool")).toInstant())
        .isEqualTo(Instant.parse("2020-01-02T03:04:05Z"));
    assertThat(volume.resolve(longName)).hasContent("y");
    assertThat(volume.resolve("large")).hasSize(500_000);
    assertThat(volume.resolve("empty")).isEmptyDirectory();
    assertThat(Files.readSymbolicLink(volume.resolve("link"))).isEqualTo(Path.of("bin/tool"));
    assertThat(groot.usage("web-1").totalBytes()).isEqualTo(4 + 1 + 500_000);
  }

  @Test
  void isAWindowsLayerIfItHasFiles() throws IOException {
    write("Files/app/a.txt", "a");
    write("size", "99");
    write("UtilityVM/SystemTemplate.vhdx", "x");

    assertThat(volume("web-1").resolve("app/a.txt")).hasContent("a");
    Path layer = directory.resolve("store/layers").resolve(groot.layers().get(0));
    assertThat(layer.resolve("size")).hasContent("1");
    assertThat(layer.resolve("UtilityVM/SystemTemplate.vhdx")).doesNotExist();
  }

  @Test
  void goesBelowFilesWhereOnlyWindowsLayersAreKnown() throws IOException {
    write("app/a.txt", "a");
    GrootImage windows =
        new GrootImage(
            new DirectoryHost().open("hcs", 20348),
            ImageConfig.ofStore(directory.resolve("other")));

    windows.pull(image.toString(), "", "");

    Path layer = directory.resolve("other/layers").resolve(windows.layers().get(0));
    assertThat(layer.resolve("Files/app/a.txt")).hasContent("a");
  }

  @Test
  void isTheSameLayerUntilSomethingInItChanges() throws IOException {
    write("a.txt", "a");
    groot.pull(image.toString(), "", "");
    groot.pull(image.toString(), "", "");
    assertThat(groot.layers()).hasSize(1);

    Files.setLastModifiedTime(image.resolve("a.txt"), FileTime.fromMillis(1_000));
    groot.pull(image.toString(), "", "");

    assertThat(groot.layers()).hasSize(2);
  }

  @Test
  void staysWithinTheDiskLimit() throws IOException {
    write("a.txt", "0123456789".repeat(100_000));

    assertThatThrownBy(
            () -> groot.create(new ImageRequest("web-1", image.toString(), "", "", 100_000, false)))
        .hasMessageContaining("uncompressed layer size exceeds quota");
    assertThat(groot.layers()).isEmpty();
  }

  @Test
  void isRefusedWithWhatIsNoFile() throws Exception {
    write("a.txt", "a");
    Process made = new ProcessBuilder("mkfifo", image.resolve("pipe").toString()).start();
    assertThat(made.waitFor()).isZero();

    assertThatThrownBy(() -> groot.pull(image.toString(), "", ""))
        .hasMessageEndingWith(
            image.resolve("pipe") + " (expected: a file, a directory or a symbolic link)");
  }

  @Test
  void isRefusedIfItChangesWhileItIsRead() throws IOException {
    write("a.txt", "a");
    // the store is made inside the image, so the image grows while it is unpacked
    GrootImage inside = new GrootImage(host, ImageConfig.ofStore(image.resolve("store")));

    assertThatThrownBy(() -> inside.pull(image.toString(), "", ""))
        .hasMessageContaining("reading local image: " + image + " changed meanwhile");
    assertThat(inside.layers()).isEmpty();
  }

  // groot-image.md §23 case 32: what is no directory of files is refused as by the reference
  @Test
  void isNoImageIfItIsEmptyOrALayout() throws IOException {
    for (String layout : new String[] {"", "index.json"}) {
      if (!layout.isEmpty()) {
        write(layout, "{}");
      }
      assertThatThrownBy(() -> groot.pull(image.toString(), "", ""))
          .hasMessage(
              "pulling image: opening stream for blob `%s`: invalid base image: directory provided"
                      .formatted(image)
                  + " instead of a tar file");
      assertThat(DriverStore.names(directory.resolve("store/layers"))).isEmpty();
    }
  }
}
