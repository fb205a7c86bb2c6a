package io.gardencell.emulator.volume;

import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer in the legacy transport form (hcsshim: internal/wclayer/legacy.go): each file is its
 * attributes and a backup stream, each directory has those in a sidecar, hives are plain. One
 * thread.
 */
final class TransportFolder {

  private static final String SIDECAR = ".$wcidirs$";

  private final Path from;
  private final Path layer;
  private final List<Path> sidecars = new ArrayList<>();

  TransportFolder(Path from, Path layer) {
    this.from = from;
    this.layer = layer;
  }

  /** Lays the files over those of the layer, never writing into one that is there. */
  void unpack() throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a)
              throws IOException {
            Path target = target(dir);
            if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
              Files.deleteIfExists(target);
              Files.createDirectory(target);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
            String name = from.relativize(file).toString();
            if (name.endsWith(SIDECAR)) {
              sidecars.add(file);
            } else if (name.startsWith("Hives/")) {
              StateDirectory.removeTree(target(file));
              Files.copy(file, target(file));
            } else if (name.indexOf('/') >= 0) {
              file(file, target(file));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    // Children first, and after all files: a directory may become a link, or lose its time.
    sidecars.sort(Comparator.comparingInt(Path::getNameCount).reversed());
    for (Path sidecar : sidecars) {
      directory(sidecar);
    }
  }

  private Path target(Path path) {
    return layer.resolve(from.relativize(path).toString());
  }

  private static void file(Path file, Path target) throws IOException {
    StateDirectory.removeTree(target);
    BackupStream stream;
    try (FileChannel out =
        FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      stream = decoded(file, out);
    }
    if (stream.hasReparse()) {
      LayerLink.make(target, stream.linkTarget());
    }
    finish(file, target, stream);
  }

  private void directory(Path sidecar) throws IOException {
    String name = target(sidecar).toString();
    Path directory = Path.of(name.substring(0, name.length() - SIDECAR.length()));
    BackupStream stream = decoded(sidecar, null);
    if (stream.hasReparse()) {
      LayerLink.make(directory, stream.linkTarget());
    }
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      finish(sidecar, directory, stream);
    }
  }

  private static void finish(Path file, Path target, BackupStream stream) throws IOException {
    if (!Files.isSymbolicLink(target)) {
      UnixMode.apply(target, stream.unixMode());
      Files.setLastModifiedTime(target, Files.getLastModifiedTime(file));
    }
  }

  private static BackupStream decoded(Path file, @Nullable FileChannel out) throws IOException {
    BackupStream stream = new BackupStream(out);
    try (InputStream in = Files.newInputStream(file)) {
      if (in.readNBytes(4).length < 4) {
        throw new HcsException("ImportLayer", file.toString(), HcsErrors.INVALID_DATA);
      }
      byte[] buffer = new byte[64 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        stream.write(ByteBuffer.wrap(buffer, 0, n));
      }
    }
    if (stream.isCutOff()) {
      throw new HcsException("ImportLayer", file.toString(), HcsErrors.INVALID_DATA);
    }
    return stream;
  }
}
