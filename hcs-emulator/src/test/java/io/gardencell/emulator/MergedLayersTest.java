package io.gardencell.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.LayerFile;
import io.gardencell.hcs.LayerFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Layers written as groot writes them, and the volume that shows them merged. */
class MergedLayersTest {

  private static final FileBasicInfo FILE = new FileBasicInfo(0, 0, 0, 0, 0);
  private static final FileBasicInfo FOLDER =
      new FileBasicInfo(0, 0, 0, 0, FileBasicInfo.DIRECTORY);
  private static final int DATA = 1;
  private static final int ATTRIBUTES = 2;
  private static final int REPARSE = 8;

  private final EmulatedFixture fixture = new EmulatedFixture();
  private final Host host = fixture.host();
  private Path base;
  private int names;

  @BeforeEach
  void writeBase() throws IOException {
    base = Files.createDirectory(fixture.directory().resolve("base-layer"));
    try (LayerFolder folder = host.layerFiles().open(base)) {
      folder.create("Files", FOLDER).close();
      directory(folder, "Files\\bin", 0755);
      file(folder, "Files\\bin\\tool", "#!/bin/sh\necho ran\n", 0755);
      file(folder, "Files\\bin\\secret", "secret", 0600);
      file(folder, "Files\\bin\\setuid", "x", 04755);
      file(folder, "Files\\plain", "no mode", -1);
      directory(folder, "Files\\old", 0500);
      link(folder, "Files\\bin\\sh", "/bin/tool");
      link(folder, "Files\\away", "../../../etc/passwd");
      file(folder, "Files\\old-file", "goes", 0644);
    }
    host.layerImport().processBaseImage(base);
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static byte[] stream(int id, byte[] body) {
    return ByteBuffer.allocate(20 + body.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(id)
        .putInt(0)
        .putLong(body.length)
        .putInt(0)
        .put(body)
        .array();
  }

  /** Two attributes, the mode second, each padded to a multiple of four. */
  private static byte[] mode(int mode) {
    ByteBuffer list = ByteBuffer.allocate(16 + 20).order(ByteOrder.LITTLE_ENDIAN);
    list.putInt(16).put((byte) 0).put((byte) 2).putShort((short) 3);
    list.put("EA".getBytes(StandardCharsets.US_ASCII)).put((byte) 0).put(new byte[] {1, 2, 3});
    list.position(16);
    list.putInt(0).put((byte) 0).put((byte) 6).putShort((short) 4);
    list.put("$LXMOD".getBytes(StandardCharsets.US_ASCII)).put((byte) 0).putInt(mode);
    return stream(ATTRIBUTES, list.array());
  }

  private static byte[] reparse(String target) {
    byte[] name = target.replace('/', '\\').getBytes(StandardCharsets.UTF_16LE);
    ByteBuffer buffer =
        ByteBuffer.allocate(20 + 2 * (name.length + 2)).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(0xA000000C).putShort((short) (buffer.capacity() - 8)).putShort((short) 0);
    buffer.putShort((short) 0).putShort((short) name.length);
    buffer.putShort((short) (name.length + 2)).putShort((short) name.length).putInt(1);
    buffer.put(name).putShort((short) 0).put(name).putShort((short) 0);
    return stream(REPARSE, buffer.array());
  }

  private static void write(LayerFolder folder, String name, FileBasicInfo info, byte[]... parts) {
    try (LayerFile out = folder.create(name, info)) {
      for (byte[] part : parts) {
        out.writeBackup(ByteBuffer.wrap(part));
      }
    }
  }

  private static void file(LayerFolder folder, String name, String content, int mode) {
    byte[] data = stream(DATA, content.getBytes(StandardCharsets.UTF_8));
    if (mode < 0) {
      write(folder, name, FILE, data);
    } else {
      write(folder, name, FILE, mode(0100000 | mode), data);
    }
  }

  private static void directory(LayerFolder folder, String name, int mode) {
    write(folder, name, FOLDER, mode(0040000 | mode));
  }

  private static void link(LayerFolder folder, String name, String target) {
    write(folder, name, FILE, reparse(target));
  }

  /** A transport folder with the top directory in it. */
  private Path transport() throws IOException {
    Path folder = Files.createDirectory(fixture.directory().resolve("import" + names++));
    transportDirectory(folder, "Files", 0755);
    return folder;
  }

  private static void transportFile(Path folder, String name, byte[]... parts) throws IOException {
    ByteBuffer all = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).putInt(0x20);
    for (byte[] part : parts) {
      all.put(part);
    }
    byte[] bytes = new byte[all.flip().remaining()];
    all.get(bytes);
    Files.write(folder.resolve(name), bytes);
  }

  private static void transportDirectory(Path folder, String name, int mode) throws IOException {
    Files.createDirectory(folder.resolve(name));
    transportFile(folder, name + ".$wcidirs$", mode(0040000 | mode));
  }

  private static byte[] data(String content) {
    return stream(DATA, content.getBytes(StandardCharsets.UTF_8));
  }

  private Path imported(Path transport, List<Path> parents) throws IOException {
    Path layer = Files.createDirectory(fixture.directory().resolve("layer" + names++));
    host.layerImport().importLayer(layer, transport, parents);
    return layer;
  }

  private Path volume(List<Path> parents) {
    Path scratch = fixture.directory().resolve("scratch" + names++);
    host.scratchLayers().create(scratch, parents);
    host.scratchLayers().activate(scratch);
    host.scratchLayers().prepare(scratch, parents);
    return fixture.contents(host.scratchLayers().mountPath(scratch).orElseThrow()).orElseThrow();
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void givesFilesTheModeTheyCarry() throws IOException {
    Path volume = volume(List.of(base));

    assertThat(permissions(volume.resolve("bin/tool"))).isEqualTo("rwxr-xr-x");
    assertThat(permissions(volume.resolve("bin/secret"))).isEqualTo("rw-------");
    assertThat(permissions(volume.resolve("plain"))).isEqualTo("rwxr-xr-x");
    assertThat(permissions(volume.resolve("old"))).isEqualTo("rwx------");
    assertThat((int) Files.getAttribute(volume.resolve("bin/setuid"), "unix:mode") & 07777)
        .isEqualTo(0755);
  }

  @Test
  void leadsLinksToTheSamePlaceInEveryVolume() throws IOException {
    Path volume = volume(List.of(base));

    assertThat(Files.readSymbolicLink(volume.resolve("bin/sh"))).isEqualTo(Path.of("tool"));
    assertThat(volume.resolve("bin/sh")).hasContent("#!/bin/sh\necho ran\n");
    assertThat(volume.resolve("away")).isEmptyFile().isRegularFile();
  }

  @Test
  void holdsInALayerAllThatItsParentsHave() throws IOException {
    Path transport = transport();
    transportDirectory(transport, "Files/bin", 0755);
    transportFile(transport, "Files/bin/tool", mode(0100700), data("newer"));
    transportFile(transport, "Files/added", mode(0100644), data("added"));
    Path layer = imported(transport, List.of(base));

    assertThat(layer.resolve("Files/bin/secret")).hasContent("secret");
    assertThat(layer.resolve("Files/bin/tool")).hasContent("newer");
    assertThat(layer.resolve("Files/added")).hasContent("added");
    assertThat(base.resolve("Files/bin/tool")).hasContent("#!/bin/sh\necho ran\n");
    assertThat(permissions(base.resolve("Files/bin/tool"))).isEqualTo("rwxr-xr-x");
    Path volume = volume(List.of(layer, base));
    assertThat(permissions(volume.resolve("bin/tool"))).isEqualTo("rwx------");
    assertThat(volume.resolve("plain")).hasContent("no mode");
  }

  /** Removals come after the import, as groot makes them. */
  @Test
  void showsDeletionsReplacementsAndLinksOfUpperLayers() throws IOException {
    Path transport = transport();
    transportFile(transport, "Files/bin", mode(0100644), data("a file now"));
    transportDirectory(transport, "Files/plain", 0755);
    transportFile(transport, "Files/plain/inside", data("inside"));
    Path layer = imported(transport, List.of(base));
    try (LayerFolder folder = host.layerFiles().open(layer);
        LayerFolder parent = host.layerFiles().open(base)) {
      folder.remove("Files\\old-file");
      folder.remove("Files\\old");
      folder.link("Files\\second-name", parent, "Files\\bin\\tool");
      folder.link("Files\\third-name", folder, "Files\\second-name");
    }
    Path third = imported(transport(), List.of(layer, base));

    for (Path volume : List.of(volume(List.of(layer, base)), volume(List.of(third, layer, base)))) {
      assertThat(volume.resolve("old-file")).doesNotExist();
      assertThat(volume.resolve("old")).doesNotExist();
      assertThat(volume.resolve("bin")).hasContent("a file now");
      assertThat(volume.resolve("plain/inside")).hasContent("inside");
      assertThat(Files.isSameFile(volume.resolve("second-name"), volume.resolve("third-name")))
          .isTrue();
      assertThat(volume.resolve("second-name")).hasContent("#!/bin/sh\necho ran\n");
    }
    assertThat(base.resolve("Files/old-file")).hasContent("goes");
  }

  @Test
  void turnsADirectoryIntoALinkAndBack() throws IOException {
    Path transport = transport();
    Files.createDirectory(transport.resolve("Files/bin"));
    transportFile(transport, "Files/bin.$wcidirs$", reparse("old"));
    Path linked = imported(transport, List.of(base));
    Path again = transport();
    transportDirectory(again, "Files/bin", 0755);
    transportFile(again, "Files/bin/new", data("new"));
    Path back = imported(again, List.of(linked, base));

    assertThat(Files.readSymbolicLink(volume(List.of(linked, base)).resolve("bin")))
        .isEqualTo(Path.of("old"));
    Path volume = volume(List.of(back, linked, base));
    assertThat(volume.resolve("bin/new")).hasContent("new");
    assertThat(volume.resolve("old")).isEmptyDirectory();
  }

  @Test
  void changesNoLayerThroughAVolume() throws IOException {
    Path layer = imported(transport(), List.of(base));
    Path volume = volume(List.of(layer, base));

    Files.writeString(volume.resolve("bin/tool"), "changed");
    Files.setPosixFilePermissions(
        volume.resolve("plain"), PosixFilePermissions.fromString("rw-------"));

    for (Path files : List.of(base.resolve("Files"), layer.resolve("Files"))) {
      assertThat(files.resolve("bin/tool")).hasContent("#!/bin/sh\necho ran\n");
      assertThat(permissions(files.resolve("plain"))).isEqualTo("rwxr-xr-x");
    }
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    Path copy = Files.createDirectory(fixture.directory().resolve("copy"));
    Files.createDirectory(copy.resolve("Files"));
    try (LayerFolder from = host.layerFiles().open(base);
        LayerFolder to = host.layerFiles().open(copy)) {
      copy(from, to, "Files\\plain");
      copy(from, to, "Files\\old-file");
      to.create("Files\\bin", FOLDER).close();
      copy(from, to, "Files\\bin\\secret");
      copy(from, to, "Files\\bin\\sh");
    }
    assertThat(copy.resolve("Files/plain")).hasContent("no mode");
    assertThat(permissions(copy.resolve("Files/bin/secret"))).isEqualTo("rw-------");
    assertThat(Files.readSymbolicLink(copy.resolve("Files/bin/sh"))).isEqualTo(Path.of("tool"));
  }

  private static void copy(LayerFolder from, LayerFolder to, String name) {
    try (LayerFile source = from.open(name);
        LayerFile target = to.create(name, FILE)) {
      ByteBuffer piece = ByteBuffer.allocate(7);
      while (source.readBackup(piece.clear()) >= 0) {
        target.writeBackup(piece.flip());
      }
    }
  }

  @Test
  void copiesALargeTreeWhole() throws IOException {
    for (int i = 0; i < 600; i++) {
      Path directory = Files.createDirectories(base.resolve("Files/many/" + i % 20));
      Files.writeString(directory.resolve("file" + i), "content " + i);
    }
    Path volume = volume(List.of(base));
    for (int i = 0; i < 600; i++) {
      assertThat(volume.resolve("many/" + i % 20 + "/file" + i)).hasContent("content " + i);
    }
  }
}
