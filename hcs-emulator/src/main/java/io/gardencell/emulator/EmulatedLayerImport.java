package io.gardencell.emulator;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.LayerImport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Turns transport folders (spec: legacy layer writer) into plain files. Any thread. */
final class EmulatedLayerImport implements LayerImport {

  private static final String DIRECTORY_SUFFIX = ".$wcidirs$";

  @Override
  public String nameToGuid(String name) {
    return UUID.nameUUIDFromBytes(
            ("gardencell:" + name.toLowerCase(Locale.ROOT)).getBytes(StandardCharsets.UTF_8))
        .toString();
  }

  @Override
  public void importLayer(Path layer, Path importFolder, List<Path> parents) {
    String function = "ImportLayer";
    for (Path parent : parents) {
      if (!Files.isDirectory(parent)) {
        throw new HcsException(function, parent.toString(), HcsErrors.PATH_NOT_FOUND);
      }
    }
    if (!Files.isDirectory(importFolder)) {
      throw new HcsException(function, importFolder.toString(), HcsErrors.PATH_NOT_FOUND);
    }
    try {
      Files.createDirectories(layer);
      Files.createDirectories(layer.resolve("Files"));
      Files.walkFileTree(
          importFolder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a)
                throws IOException {
              Path target = layer.resolve(importFolder.relativize(dir).toString());
              if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectory(target);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
              one(importFolder, layer, file);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw Failures.of(function, layer.toString(), e);
    }
  }

  private static void one(Path from, Path layer, Path file) throws IOException {
    String name = from.relativize(file).toString();
    Path target = layer.resolve(name);
    if (name.startsWith("Hives/")) {
      Files.copy(file, target, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      return;
    }
    if (name.indexOf('/') < 0 && !name.endsWith(DIRECTORY_SUFFIX)) {
      return;
    }
    if (name.endsWith(DIRECTORY_SUFFIX)) {
      BackupStream stream = new BackupStream(null);
      decode(file, stream);
      if (stream.hasReparse()) {
        String real = name.substring(0, name.length() - DIRECTORY_SUFFIX.length());
        Path directory = layer.resolve(real);
        Files.createDirectories(directory);
        becomeLink(directory, stream.linkTarget());
      }
      return;
    }
    BackupStream stream;
    try (FileChannel out =
        FileChannel.open(
            target,
            java.util.Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")))) {
      stream = new BackupStream(out);
      decode(file, stream);
    }
    Files.setLastModifiedTime(target, Files.getLastModifiedTime(file));
    if (stream.hasReparse()) {
      becomeLink(target, stream.linkTarget());
    }
  }

  private static void decode(Path file, BackupStream stream) throws IOException {
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
  }

  /** Relative links become symbolic links; other reparse points stay what they are, empty. */
  static void becomeLink(Path path, @Nullable String target) throws IOException {
    Path parent = path.getParent();
    if (target == null || target.startsWith("/") || target.indexOf(':') >= 0 || parent == null) {
      return;
    }
    Path files = path;
    while (files != null && !"Files".equals(String.valueOf(files.getFileName()))) {
      files = files.getParent();
    }
    if (files == null || !parent.resolve(target).normalize().startsWith(files)) {
      return;
    }
    Files.delete(path);
    Files.createSymbolicLink(path, Path.of(target));
  }

  @Override
  public void processBaseImage(Path layer) {
    if (!Files.isDirectory(layer.resolve("Files"))) {
      throw new HcsException("ProcessBaseImage", layer.toString(), HcsErrors.PATH_NOT_FOUND);
    }
  }

  @Override
  public void processUtilityImage(Path utilityVm) {
    if (!Files.isDirectory(utilityVm)) {
      throw new HcsException("ProcessUtilityImage", utilityVm.toString(), HcsErrors.PATH_NOT_FOUND);
    }
  }
}
