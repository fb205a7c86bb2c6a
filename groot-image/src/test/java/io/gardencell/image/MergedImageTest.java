package io.gardencell.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.spi.ImageRequest;
import io.gardencell.api.spi.RootFilesystem;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A volume of the emulated host shows exactly what the layers of an image make together. */
@DisabledOnOs(OS.WINDOWS) // the emulated host needs a POSIX system
class MergedImageTest {

  private Path directory;

  @BeforeEach
  void remember(@TempDir Path temporary) {
    directory = temporary;
  }

  private interface Part {
    void write(TarArchiveOutputStream tar) throws IOException;
  }

  private static Part directory(String name, int mode) {
    return tar -> {
      TarArchiveEntry entry = new TarArchiveEntry(name + "/");
      entry.setMode(mode);
      tar.putArchiveEntry(entry);
      tar.closeArchiveEntry();
    };
  }

  private static Part file(String name, int mode, String content) {
    return tar -> {
      byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
      TarArchiveEntry entry = new TarArchiveEntry(name);
      entry.setMode(mode);
      entry.setSize(bytes.length);
      tar.putArchiveEntry(entry);
      tar.write(bytes);
      tar.closeArchiveEntry();
    };
  }

  private static Part link(String name, String target, byte type) {
    return tar -> {
      TarArchiveEntry entry = new TarArchiveEntry(name, type);
      entry.setLinkName(target);
      tar.putArchiveEntry(entry);
      tar.closeArchiveEntry();
    };
  }

  private static byte[] tar(Part... parts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      for (Part part : parts) {
        part.write(tar);
      }
    }
    return bytes.toByteArray();
  }

  private static String digest(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  /** Stores a blob and gives its descriptor. */
  private static String blob(Path image, String type, byte[] bytes) throws Exception {
    Path blobs = Files.createDirectories(image.resolve("blobs/sha256"));
    Files.write(blobs.resolve(digest(bytes)), bytes);
    return "{\"mediaType\":\"application/vnd.oci.image.%s\",\"digest\":\"sha256:%s\",\"size\":%d}"
        .formatted(type, digest(bytes), bytes.length);
  }

  private String image(byte[]... layers) throws Exception {
    Path image = directory.resolve("image");
    List<String> descriptors = new ArrayList<>();
    List<String> diffs = new ArrayList<>();
    for (byte[] layer : layers) {
      descriptors.add(blob(image, "layer.v1.tar", layer));
      diffs.add("\"sha256:" + digest(layer) + "\"");
    }
    String config = "{\"os\":\"windows\",\"config\":{},\"rootfs\":{\"diff_ids\":" + diffs + "}}";
    String manifest =
        "{\"schemaVersion\":2,\"config\":%s,\"layers\":%s}"
            .formatted(
                blob(image, "config.v1+json", config.getBytes(StandardCharsets.UTF_8)),
                descriptors);
    Files.writeString(
        image.resolve("index.json"),
        "{\"manifests\":["
            + blob(image, "manifest.v1+json", manifest.getBytes(StandardCharsets.UTF_8))
            + "]}");
    return "oci://" + image;
  }

  /** Every name below a directory with its permissions and content or target. */
  private static Map<String, String> tree(Path root) throws IOException {
    Map<String, String> tree = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.filter(p -> !p.equals(root)).toList()) {
        String name = root.relativize(path).toString();
        if (Files.isSymbolicLink(path)) {
          tree.put(name, "-> " + Files.readSymbolicLink(path));
        } else {
          String mode =
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
          tree.put(
              name, Files.isDirectory(path) ? mode + " /" : mode + " " + Files.readString(path));
        }
      }
    }
    return tree;
  }

  @Test
  void aVolumeShowsModesLinksReplacementsAndDeletionsOfAllLayers() throws Exception {
    byte[] base =
        tar(
            directory("bin", 0755),
            file("bin/tool", 0755, "old tool"),
            file("bin/busybox", 0755, "busybox"),
            link("bin/sh", "/bin/busybox", TarConstants.LF_SYMLINK),
            link("bin/hard", "bin/busybox", TarConstants.LF_LINK),
            directory("etc", 0755),
            file("etc/secret", 0600, "secret"),
            file("etc/removed", 0644, "removed"),
            directory("tree", 0755),
            file("tree/below", 0644, "below"),
            file("becomes-directory", 0644, "a file"));
    byte[] middle =
        tar(
            file("bin/tool", 0700, "new tool"),
            file("etc/.wh.removed", 0644, ""),
            file(".wh.tree", 0644, ""),
            directory("becomes-directory", 0750),
            file("becomes-directory/inside", 0640, "inside"),
            link("etc/linked", "bin/hard", TarConstants.LF_LINK));
    byte[] top = tar(file("etc/added", 0444, "added"), directory("tree", 0711));

    try (Host host =
        HostProvider.named("emulated").open(new HostOptions(directory.resolve("data")))) {
      GrootImage groot = new GrootImage(host, ImageConfig.defaults(directory.resolve("data")));
      RootFilesystem root =
          groot.create(new ImageRequest("c", image(base, middle, top), "", "", 0, false));
      Path mountPoint = Files.createDirectory(directory.resolve("mount"));
      host.volumes().mount(mountPoint, root.rootPath());

      Path volume = mountPoint.toRealPath();
      assertThat(tree(volume))
          .containsExactlyInAnyOrderEntriesOf(
              Map.ofEntries(
                  Map.entry("bin", "rwxr-xr-x /"),
                  Map.entry("bin/tool", "rwx------ new tool"),
                  Map.entry("bin/busybox", "rwxr-xr-x busybox"),
                  Map.entry("bin/sh", "-> busybox"),
                  Map.entry("bin/hard", "rwxr-xr-x busybox"),
                  Map.entry("etc", "rwxr-xr-x /"),
                  Map.entry("etc/secret", "rw------- secret"),
                  Map.entry("etc/linked", "rwxr-xr-x busybox"),
                  Map.entry("etc/added", "r--r--r-- added"),
                  Map.entry("tree", "rwx--x--x /"),
                  Map.entry("becomes-directory", "rwxr-x--- /"),
                  Map.entry("becomes-directory/inside", "rw-r----- inside")));
      assertThat(Files.isSameFile(volume.resolve("bin/hard"), volume.resolve("etc/linked")))
          .isTrue();
      groot.delete("c");
    }
  }
}
