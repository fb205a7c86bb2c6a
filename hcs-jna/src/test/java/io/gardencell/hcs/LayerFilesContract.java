package io.gardencell.hcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link LayerFiles} does (hcs-abi.md sections 9.5 and 9.6). */
public abstract class LayerFilesContract extends HostContract {

  private static final FileBasicInfo FILE = new FileBasicInfo(0, 0, 0, 0, 0);
  private static final FileBasicInfo FOLDER =
      new FileBasicInfo(0, 0, 0, 0, FileBasicInfo.DIRECTORY);
  private static final int SECURITY = 3;
  private static final int DATA = 1;

  private Path directory;
  private LayerFolder folder;

  @BeforeEach
  void openFolder() throws IOException {
    directory = Files.createDirectory(fixture().directory().resolve(unique("layer")));
    folder = host().layerFiles().open(directory);
  }

  @AfterEach
  void closeFolder() {
    folder.close();
  }

  /** A stream of a backup: header and body. */
  static byte[] stream(int id, byte[] body) {
    return ByteBuffer.allocate(20 + body.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(id)
        .putInt(0)
        .putLong(body.length)
        .putInt(0)
        .put(body)
        .array();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void write(LayerFolder into, String name, byte[] content) {
    try (LayerFile file = into.create(name, FILE)) {
      file.writeBackup(ByteBuffer.wrap(stream(DATA, content)));
    }
  }

  /** The content, out of the file's own backup stream. */
  static byte[] read(LayerFolder from, String name) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (LayerFile file = from.open(name)) {
      ByteBuffer buffer = ByteBuffer.allocate(1000);
      while (file.readBackup(buffer) >= 0) {
        all.write(buffer.array(), 0, buffer.position());
        buffer.clear();
      }
    }
    ByteBuffer streams = ByteBuffer.wrap(all.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    while (streams.hasRemaining()) {
      int id = streams.getInt();
      streams.getInt();
      int size = Math.toIntExact(streams.getLong());
      streams.position(streams.position() + streams.getInt(streams.position()) + 4);
      if (id == DATA) {
        content.write(streams.array(), streams.position(), size);
      }
      streams.position(streams.position() + size);
    }
    return content.toByteArray();
  }

  @Test
  void writesAndReadsPlainBytesOfATransportFile() {
    try (LayerFile file = folder.create("plain", FILE)) {
      file.write(ByteBuffer.wrap(bytes("one ")));
      file.write(ByteBuffer.wrap(bytes("two")));
    }
    assertThat(directory.resolve("plain")).hasContent("one two");
  }

  // hcs-abi.md §18 case 27
  @Test
  void takesABackupStreamCutAnywhere() {
    byte[] content = new byte[5000];
    new Random(1).nextBytes(content);
    ByteBuffer whole = ByteBuffer.wrap(stream(DATA, content));
    try (LayerFile file = folder.create("cut", FILE)) {
      for (int size = 1; whole.hasRemaining(); size = size * 2 + 1) {
        int n = Math.min(size, whole.remaining());
        file.writeBackup(whole.slice(whole.position(), n));
        whole.position(whole.position() + n);
      }
    }
    assertThat(read(folder, "cut")).isEqualTo(content);
    assertThat(directory.resolve("cut")).hasBinaryContent(content);
  }

  @Test
  void makesAnEmptyFileOfAnEmptyStream() {
    write(folder, "empty", new byte[0]);
    assertThat(directory.resolve("empty")).isEmptyFile();
    assertThat(read(folder, "empty")).isEmpty();
  }

  @Test
  void writesBelowDirectoriesItMade() {
    folder.create("Files", FOLDER).close();
    folder.create("Files\\a b", FOLDER).close();
    write(folder, "Files\\a b\\ünïcode.txt", bytes("x"));

    assertThat(folder.list("Files\\a b")).containsExactly("ünïcode.txt");
    assertThat(read(folder, "Files\\a b\\ünïcode.txt")).isEqualTo(bytes("x"));
    assertThat(folder.find("Files").orElseThrow().isDirectory()).isTrue();
    assertThat(folder.find("Files\\a b\\ünïcode.txt").orElseThrow().isDirectory()).isFalse();
    assertThat(folder.find("Files\\none")).isEmpty();
    assertThat(folder.find("none\\at all")).isEmpty();
  }

  @Test
  void refusesNamesThatAreTakenAndThoseThatAreNot() {
    write(folder, "there", bytes("kept"));
    assertThatThrownBy(() -> folder.create("there", FILE)).isInstanceOf(HcsException.class);
    assertThatThrownBy(() -> folder.create("there", FOLDER)).isInstanceOf(HcsException.class);
    assertThatThrownBy(() -> folder.open("absent")).satisfies(code(HcsErrors.FILE_NOT_FOUND));
    assertThatThrownBy(() -> folder.remove("absent")).satisfies(code(HcsErrors.FILE_NOT_FOUND));
    assertThatThrownBy(() -> folder.create("no\\parent", FILE)).isInstanceOf(HcsException.class);
    assertThat(read(folder, "there")).isEqualTo(bytes("kept"));
  }

  // hcs-abi.md §18 case 28
  @Test
  void refusesNamesThatLeaveTheFolder() {
    for (String name : new String[] {"..\\x", "\\x", "C:\\x", "x:stream", "a\\..\\..\\x"}) {
      assertThatThrownBy(() -> folder.create(name, FILE)).isInstanceOf(HcsException.class);
    }
    assertThat(fixture().directory().resolve("x")).doesNotExist();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void setsTheTimeOfTheLastChange() throws IOException {
    long written = 132_223_104_000_000_000L; // 2020-01-01T00:00:00Z
    FileBasicInfo info = new FileBasicInfo(written, written, written, written, 0);
    try (LayerFile file = folder.create("old", info)) {
      file.setBasicInfo(info);
      file.writeBackup(ByteBuffer.wrap(stream(DATA, bytes("x"))));
    }
    assertThat(folder.find("old").orElseThrow().lastWriteTime()).isEqualTo(written);
    assertThat(Files.getLastModifiedTime(directory.resolve("old")).toString())
        .isEqualTo("2020-01-01T00:00:00Z");
  }

  @Test
  void linksAcrossFolders() {
    Path other = makeDirectory();
    try (LayerFolder source = host().layerFiles().open(other)) {
      write(source, "target", bytes("shared"));

      folder.link("name", source, "target");

      assertThat(read(folder, "name")).isEqualTo(bytes("shared"));
      assertThatThrownBy(() -> folder.link("name", source, "target"))
          .isInstanceOf(HcsException.class);
      assertThatThrownBy(() -> folder.link("other", source, "absent"))
          .isInstanceOf(HcsException.class);
    }
  }

  private Path makeDirectory() {
    try {
      return Files.createDirectory(fixture().directory().resolve(unique("other")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void removesATreeWhole() {
    folder.create("tree", FOLDER).close();
    folder.create("tree\\deep", FOLDER).close();
    write(folder, "tree\\deep\\file", bytes("x"));
    write(folder, "beside", bytes("kept"));

    folder.remove("tree");

    assertThat(folder.find("tree")).isEmpty();
    assertThat(read(folder, "beside")).isEqualTo(bytes("kept"));
  }

  @Test
  void passesOverStreamsItsFileSystemHasNoPlaceFor() {
    ByteBuffer descriptor = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    descriptor.put((byte) 1).put((byte) 0).putShort((short) 0x8000);
    try (LayerFile file = folder.create("mixed", FILE)) {
      file.writeBackup(ByteBuffer.wrap(stream(SECURITY, descriptor.array())));
      file.writeBackup(ByteBuffer.wrap(stream(DATA, bytes("content"))));
    }
    assertThat(read(folder, "mixed")).isEqualTo(bytes("content"));
  }

  @Test
  void refusesAFolderThatIsNotThere() {
    assertThatThrownBy(() -> host().layerFiles().open(fixture().directory().resolve("absent")))
        .isInstanceOf(HcsException.class);
  }
}
