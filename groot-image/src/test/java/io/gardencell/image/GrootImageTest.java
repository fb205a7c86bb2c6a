package io.gardencell.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.spi.ImageRequest;
import io.gardencell.api.spi.RootFilesystem;
import io.gardencell.hcs.HcsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrootImageTest {

  private Path directory;
  private final DirectoryHost host = new DirectoryHost();
  private GrootImage groot;
  private Path store;

  @BeforeEach
  void openPlugin(@TempDir Path temporary) {
    directory = temporary;
    store = directory.resolve("data/groot");
    groot = new GrootImage(host.open(), ImageConfig.defaults(directory.resolve("data")));
  }

  @Test
  void createsFromTheBuiltInBaseWhenNoImageIsNamed() {
    RootFilesystem root = groot.create(request("web-1", "", 0, false));

    assertThat(root.rootPath()).startsWith("\\\\?\\Volume{");
    assertThat(folders(root)).hasSize(1);
    Path layer = Path.of(folders(root).get(0));
    assertThat(layer.resolve("Files/Windows/System32")).isDirectory();
    assertThat(layer.resolve("size")).hasContent("0");
    assertThat(groot.handles()).containsExactly("web-1");
  }

  @Test
  void unpacksWindowsLayersNewestFirstAndAppliesWhiteouts() throws Exception {
    byte[] base =
        tar(
            t -> dir(t, "Files"),
            t -> file(t, "Files/a.txt", "old"),
            t -> file(t, "Files/b.txt", "b"));
    byte[] top =
        tar(
            t -> dir(t, "Files"),
            t -> file(t, "Files/a.txt", "new!"),
            t -> file(t, "Files/.wh.b.txt", ""));
    String uri = layout("image", List.of(base, top), List.of("PATH=C:\\Windows"));

    RootFilesystem root = groot.create(request("web-1", uri, 0, false));

    assertThat(root.env()).containsExactly("PATH=C:\\Windows");
    List<String> folders = folders(root);
    assertThat(folders).hasSize(2);
    assertThat(folders.get(1)).endsWith(hex(base));
    assertThat(Path.of(folders.get(0)).getFileName().toString())
        .isEqualTo(hex((hex(base) + " " + hex(top)).getBytes(StandardCharsets.US_ASCII)));
    assertThat(Path.of(folders.get(0)).resolve("Files/a.txt")).hasContent("new!");
    assertThat(Path.of(folders.get(0)).resolve("Files/b.txt")).doesNotExist();
    assertThat(groot.usage("web-1").totalBytes()).isEqualTo(8);
  }

  @Test
  void putsLayersMadeOnLinuxBelowFiles() throws Exception {
    byte[] base =
        tar(
            t -> file(t, "bin/tool", "x"),
            t -> link(t, "bin/hard", "bin/tool", TarConstants.LF_LINK),
            t -> link(t, "bin/soft", "tool", TarConstants.LF_SYMLINK),
            t -> file(t, "n".repeat(180) + "/\u00e4\ud83d\ude00", "y"));
    RootFilesystem root =
        groot.create(request("web-1", layout("image", List.of(base), List.of()), 0, false));

    Path files = Path.of(folders(root).get(0)).resolve("Files");
    assertThat(files.resolve("bin/hard")).hasContent("x");
    assertThat(Files.readSymbolicLink(files.resolve("bin/soft"))).hasToString("tool");
    assertThat(files.resolve("n".repeat(180)).resolve("\u00e4\ud83d\ude00")).hasContent("y");
  }

  @Test
  void refusesHostileNamesAndLeavesNothing() throws Exception {
    for (String name : List.of("../evil", "Files/../../evil", "/evil", "Files/a:b")) {
      byte[] base = tar(t -> dir(t, "Files"), t -> file(t, name, "x"));
      String uri = layout("bad" + hex(base), List.of(base), List.of());

      assertThatThrownBy(() -> groot.create(request("web-1", uri, 0, false)))
          .hasMessageContaining("invalid entry name: '" + name + "'");
    }
    assertNothingIsLeft();
  }

  @Test
  void refusesToWriteThroughALinkOfTheImage() throws Exception {
    byte[] base =
        tar(
            t -> dir(t, "Files"),
            t -> link(t, "Files/out", "/", TarConstants.LF_SYMLINK),
            t -> file(t, "Files/out/evil", "x"));
    String uri = layout("image", List.of(base), List.of());

    assertThatThrownBy(() -> groot.create(request("web-1", uri, 0, false)))
        .hasMessageContaining("Files\\out\\evil");

    assertNothingIsLeft();
  }

  @Test
  void refusesBlobsThatAreNotWhatTheManifestSays() throws Exception {
    byte[] base = tar(t -> dir(t, "Files"));
    String uri = layout("image", List.of(base), List.of());
    byte[] other = gzip(tar(t -> dir(t, "Files"), t -> dir(t, "Files/more")));
    Files.write(directory.resolve("image/blobs/sha256").resolve(hex(gzip(base))), other);

    assertThatThrownBy(() -> groot.create(request("web-1", uri, 0, false)))
        .hasMessageContaining(": layer size is different from the value in the manifest");

    assertNothingIsLeft();
  }

  @Test
  void stopsAtTheQuotaWhileUnpacking() throws Exception {
    byte[] base = tar(t -> dir(t, "Files"), t -> file(t, "Files/zeros", "0".repeat(1_000_000)));
    String uri = layout("image", List.of(base), List.of());

    assertThatThrownBy(() -> groot.create(request("web-1", uri, 100_000, false)))
        .hasMessageContaining("uncompressed layer size exceeds quota");
    assertNothingIsLeft();
  }

  @Test
  void givesTheVolumeWhatTheImageLeavesOfTheLimit() throws Exception {
    byte[] base = tar(t -> dir(t, "Files"), t -> file(t, "Files/a", "12345"));
    String uri = layout("image", List.of(base), List.of());

    String counted = groot.create(request("a", uri, 50_000, false)).rootPath();
    String exclusive = groot.create(request("b", uri, 50_000, true)).rootPath();

    assertThat(host.limits).containsEntry(counted, 50_000L - 5 + 10240);
    assertThat(host.limits).containsEntry(exclusive, 50_000L + 10240);
  }

  @Test
  void removesTheLayerWhenItsImportFails() throws Exception {
    byte[] base = tar(t -> dir(t, "Files"));
    String uri =
        layout(
            "image", List.of(base, tar(t -> dir(t, "Files"), t -> dir(t, "Files/x"))), List.of());
    host.nextImport = new HcsException("ImportLayer", "", 5);

    assertThatThrownBy(() -> groot.create(request("web-1", uri, 0, false)))
        .hasMessageContaining("hcsshim::ImportLayer");

    assertThat(groot.layers()).containsExactly(hex(base));
    assertThat(DriverStore.names(store.resolve("layers"))).containsExactly(hex(base));
  }

  @Test
  void removesTheVolumeWhenItCannotBePrepared() {
    host.nextPrepare = new HcsException("PrepareLayer", "", 5);

    assertThatThrownBy(() -> groot.create(request("web-1", "", 0, false)))
        .hasMessageContaining("creating bundle: hcsshim::PrepareLayer");

    assertThat(groot.handles()).isEmpty();
  }

  @Test
  void makesASpoiledLayerAgain() throws Exception {
    RootFilesystem root = groot.create(request("a", "", 0, false));
    Path layer = Path.of(folders(root).get(0));
    Files.writeString(layer.resolve("size"), "spoiled");

    groot.create(request("b", "", 0, false));

    assertThat(layer.resolve("size")).hasContent("0");
  }

  @Test
  void refusesHandlesThatAreNoNames() {
    for (String handle : List.of("", "..", "..\\layers\\x", "a/b")) {
      assertThatThrownBy(() -> groot.delete(handle)).hasMessage("invalid handle: '" + handle + "'");
    }
  }

  @Test
  void deletesTwiceAndRefusesToCreateTwice() {
    groot.create(request("a", "", 0, false));
    assertThatThrownBy(() -> groot.create(request("a", "", 0, false)))
        .hasMessageContaining("layer already exists: a");

    groot.delete("a");
    groot.delete("a");

    assertThat(groot.handles()).isEmpty();
  }

  @Test
  void collectsOnlyLayersThatNoVolumeUses() throws Exception {
    byte[] base = tar(t -> dir(t, "Files"), t -> file(t, "Files/a", "12345"));
    String uri = layout("image", List.of(base), List.of());
    groot.create(request("a", uri, 0, false));
    assertThat(groot.collectGarbage(0)).isEmpty();

    groot.delete("a");

    assertThat(groot.collectGarbage(0)).hasSize(1);
    assertThat(groot.layers()).isEmpty();
  }

  private static List<String> folders(RootFilesystem root) {
    return java.util.Objects.requireNonNull(root.windows()).layerFolders();
  }

  private void assertNothingIsLeft() {
    assertThat(DriverStore.names(store.resolve("layers"))).isEmpty();
    assertThat(DriverStore.names(store.resolve("volumes"))).isEmpty();
    assertThat(DriverStore.names(store.resolve("tmp"))).isEmpty();
    assertThat(DriverStore.names(store.resolve("pins"))).isEmpty();
  }

  private static ImageRequest request(String handle, String uri, long limit, boolean exclusive) {
    return new ImageRequest(handle, uri, "", "", limit, exclusive);
  }

  private interface Part {
    void write(TarArchiveOutputStream tar) throws IOException;
  }

  private static byte[] tar(Part... parts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
      for (Part part : parts) {
        part.write(tar);
      }
    }
    return bytes.toByteArray();
  }

  private static void dir(TarArchiveOutputStream tar, String name) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name + "/");
    entry.setModTime(0);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private static void file(TarArchiveOutputStream tar, String name, String content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    entry.setSize(bytes.length);
    entry.setModTime(0);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private static void link(TarArchiveOutputStream tar, String name, String target, byte type)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, type);
    entry.setLinkName(target);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private String layout(String name, List<byte[]> tars, List<String> env) throws Exception {
    Path image = directory.resolve(name);
    Path blobs = Files.createDirectories(image.resolve("blobs/sha256"));
    List<String> layers = new ArrayList<>();
    List<String> diffs = new ArrayList<>();
    for (byte[] tar : tars) {
      byte[] blob = gzip(tar);
      Files.write(blobs.resolve(hex(blob)), blob);
      layers.add(descriptor("application/vnd.oci.image.layer.v1.tar+gzip", blob));
      diffs.add("\"sha256:" + hex(tar) + "\"");
    }
    String variables =
        String.join(",", env.stream().map(e -> '"' + e.replace("\\", "\\\\") + '"').toList());
    byte[] config =
        ("{\"os\":\"windows\",\"config\":{\"Env\":["
                + variables
                + "]},\"rootfs\":{\"diff_ids\":"
                + diffs
                + "}}")
            .getBytes(StandardCharsets.UTF_8);
    Files.write(blobs.resolve(hex(config)), config);
    byte[] manifest =
        ("{\"schemaVersion\":2,\"config\":"
                + descriptor("application/vnd.oci.image.config.v1+json", config)
                + ",\"layers\":"
                + layers
                + "}")
            .getBytes(StandardCharsets.UTF_8);
    Files.write(blobs.resolve(hex(manifest)), manifest);
    Files.writeString(
        image.resolve("index.json"),
        "{\"manifests\":["
            + descriptor("application/vnd.oci.image.manifest.v1+json", manifest)
            + "]}");
    return "oci://" + image;
  }

  private static String descriptor(String type, byte[] bytes) throws Exception {
    return "{\"mediaType\":\"%s\",\"digest\":\"sha256:%s\",\"size\":%d}"
        .formatted(type, hex(bytes), bytes.length);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static String hex(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
