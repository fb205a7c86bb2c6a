package io.gardencell.emulator.volume;

import io.gardencell.emulator.state.Failures;
import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.LayerFile;
import io.gardencell.hcs.LayerFolder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

/** A directory by its path; names are looked up element by element, no link is followed. */
record EmulatedLayerFolder(Path root) implements LayerFolder {

  private static final int ARCHIVE = 0x20;

  /** A path below the root that passes through no link. */
  private Path resolve(String name, String function) {
    if (name.startsWith("\\")
        || name.startsWith("/")
        || name.indexOf(':') >= 0
        || name.indexOf('\0') >= 0) {
      throw new HcsException(function, name, HcsErrors.INVALID_NAME);
    }
    Path at = root;
    for (String element : name.split("[\\\\/]+")) {
      if (element.equals("..")) {
        throw new HcsException(function, name, HcsErrors.INVALID_NAME);
      }
      if (Files.isSymbolicLink(at)) {
        throw new HcsException(function, name, HcsErrors.ACCESS_DENIED);
      }
      if (!element.isEmpty() && !element.equals(".")) {
        at = at.resolve(element);
      }
    }
    return at;
  }

  @Override
  public LayerFile create(String name, FileBasicInfo info) {
    Path path = resolve(name, "NtCreateFile");
    try {
      if (info.isDirectory()) {
        Files.createDirectory(path);
        return new EmulatedLayerFile(path, null, info, true);
      }
      FileChannel channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.WRITE,
              StandardOpenOption.READ);
      return new EmulatedLayerFile(path, channel, info, true);
    } catch (IOException e) {
      throw Failures.of("NtCreateFile", name, e);
    }
  }

  @Override
  public LayerFile open(String name) {
    Path path = resolve(name, "NtCreateFile");
    try {
      boolean file =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
              .isRegularFile();
      FileChannel channel =
          file
              ? FileChannel.open(
                  path,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  LinkOption.NOFOLLOW_LINKS)
              : null;
      return new EmulatedLayerFile(path, channel, new FileBasicInfo(0, 0, 0, 0, 0), false);
    } catch (NoSuchFileException e) {
      throw new HcsException("NtCreateFile", name, HcsErrors.FILE_NOT_FOUND);
    } catch (IOException e) {
      throw Failures.of("NtCreateFile", name, e);
    }
  }

  @Override
  public Optional<FileBasicInfo> find(String name) {
    Path path = resolve(name, "NtCreateFile");
    try {
      BasicFileAttributes a =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      long written = FileTimes.of(a.lastModifiedTime());
      int attributes =
          (a.isDirectory() ? FileBasicInfo.DIRECTORY : 0)
              | (a.isSymbolicLink() ? FileBasicInfo.REPARSE_POINT : 0);
      return Optional.of(
          new FileBasicInfo(
              FileTimes.of(a.creationTime()),
              FileTimes.of(a.lastAccessTime()),
              written,
              written,
              attributes == 0 ? ARCHIVE : attributes));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw Failures.of("NtCreateFile", name, e);
    }
  }

  @Override
  public List<String> list(String directory) {
    Path path = resolve(directory, "NtQueryDirectoryFile");
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new HcsException("NtQueryDirectoryFile", directory, HcsErrors.PATH_NOT_FOUND);
    }
    return StateDirectory.list(path).stream().map(p -> String.valueOf(p.getFileName())).toList();
  }

  @Override
  public void link(String name, LayerFolder targetRoot, String target) {
    if (!(targetRoot instanceof EmulatedLayerFolder other)) {
      throw new HcsException("NtSetInformationFile", target, HcsErrors.INVALID_HANDLE);
    }
    Path from = other.resolve(target, "NtSetInformationFile");
    Path path = resolve(name, "NtSetInformationFile");
    try {
      if (Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)
          || !Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
        throw new HcsException("NtSetInformationFile", target, HcsErrors.FILE_NOT_FOUND);
      }
      Files.createLink(path, from);
    } catch (IOException e) {
      throw Failures.of("NtSetInformationFile", name, e);
    }
  }

  @Override
  public void remove(String name) {
    Path path = resolve(name, "NtSetInformationFile");
    if (path.equals(root)) {
      throw new HcsException("NtSetInformationFile", name, HcsErrors.INVALID_NAME);
    }
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new HcsException("NtSetInformationFile", name, HcsErrors.FILE_NOT_FOUND);
    }
    try {
      StateDirectory.removeTree(path);
    } catch (IOException e) {
      throw Failures.of("NtSetInformationFile", name, e);
    }
  }

  @Override
  public void close() {}
}
