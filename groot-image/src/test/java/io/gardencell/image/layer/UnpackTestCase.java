package io.gardencell.image.layer;

import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.image.DirectoryHost;
import io.gardencell.image.source.ByteLimit;
import io.gardencell.image.source.Digest;
import io.gardencell.image.source.LayerInfo;
import io.gardencell.image.source.VerifiedLayer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** Unpacks into memory, so that every byte that would be written can be looked at. */
class UnpackTestCase {

  final MemoryFolder folder = new MemoryFolder();
  final MemoryFolder destination = new MemoryFolder();
  final MemoryFolder parent = new MemoryFolder();
  final MemoryFolder grandparent = new MemoryFolder();
  final List<Path> parents = List.of(Path.of("/parent"), Path.of("/grandparent"));
  int maxEntries = 1000;
  ByteLimit limit = ByteLimit.ofLayer(1 << 30);
  final DirectoryHost host = new DirectoryHost();

  @BeforeEach
  void parentsHaveFiles() {
    for (MemoryFolder each : List.of(parent, grandparent)) {
      each.create("Files", new FileBasicInfo(0, 0, 0, 0, FileBasicInfo.DIRECTORY)).close();
    }
  }

  /** Unpacks a differential layer. */
  long unpack(TarBuilder tar) {
    return unpack(tar, parents);
  }

  /** Unpacks on these parents; none for a base layer. */
  long unpack(TarBuilder tar, List<Path> on) {
    return unpack(tar.bytes(), on);
  }

  long unpack(byte[] bytes) {
    return unpack(bytes, parents);
  }

  long unpack(byte[] bytes, List<Path> on) {
    Digest digest = Digest.sha256(bytes);
    LayerInfo layer =
        new LayerInfo(
            digest.toString(), digest, digest, digest.hex(), bytes.length, "x/tar", List.of());
    MemoryFiles files =
        new MemoryFiles()
            .with(Path.of("/import"), folder)
            .with(Path.of("/layer"), destination)
            .with(Path.of("/parent"), parent)
            .with(Path.of("/grandparent"), grandparent);
    try (VerifiedLayer in = VerifiedLayer.of(layer, new ByteArrayInputStream(bytes), limit)) {
      return new LayerUnpacker(files.on(host.open()), false, maxEntries)
          .unpack(Path.of("/layer"), on, Path.of("/import"), in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] transport(String name) {
    return folder.plain(name);
  }

  static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }
}
