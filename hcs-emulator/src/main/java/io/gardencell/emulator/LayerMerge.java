package io.gardencell.emulator;

import io.gardencell.emulator.posix.Posix;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Lays a layer's files over a volume: blocks shared where the file system can, copies else, never a
 * hard link through which a container could change a layer. Any thread.
 */
final class LayerMerge {

  private volatile boolean reflinks = true;

  void into(Path volume, Path files) throws IOException {
    Files.walkFileTree(
        files,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a)
              throws IOException {
            Path target = volume.resolve(files.relativize(dir).toString());
            if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
              Files.deleteIfExists(target);
              Files.createDirectory(target);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
            Path target = volume.resolve(files.relativize(file).toString());
            if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
              StateDirectory.removeTree(target);
            }
            copy(file, target, a);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void copy(Path file, Path target, BasicFileAttributes a) throws IOException {
    if (reflinks && a.isRegularFile()) {
      if (Posix.reflink(file, target)) {
        Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(file));
        Files.setLastModifiedTime(target, a.lastModifiedTime());
        return;
      }
      reflinks = false;
      Files.deleteIfExists(target);
    }
    Files.copy(file, target, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
  }
}
