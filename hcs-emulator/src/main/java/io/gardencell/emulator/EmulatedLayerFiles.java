package io.gardencell.emulator;

import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.LayerFile;
import io.gardencell.hcs.LayerFiles;
import io.gardencell.hcs.LayerFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Layer files as plain files; files are made executable, since no carrier of that bit exists. */
final class EmulatedLayerFiles implements LayerFiles {

  private static final long EPOCH_100NS = 116_444_736_000_000_000L;

  @Override
  public LayerFolder open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new HcsException("NtCreateFile", directory.toString(), HcsErrors.PATH_NOT_FOUND);
    }
    return new Folder(directory.toAbsolutePath().normalize());
  }

  /** A path below the root that passes through no link. */
  static Path resolve(Path root, String name, String function) {
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

  private record Folder(Path root) implements LayerFolder {

    @Override
    public LayerFile create(String name, FileBasicInfo info) {
      Path path = resolve(root, name, "NtCreateFile");
      try {
        if (info.isDirectory()) {
          Files.createDirectory(path);
          return new Opened(path, null, info);
        }
        FileChannel channel =
            FileChannel.open(
                path,
                java.util.Set.of(
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.READ),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        return new Opened(path, channel, info);
      } catch (IOException e) {
        throw Failures.of("NtCreateFile", name, e);
      }
    }

    @Override
    public LayerFile open(String name) {
      Path path = resolve(root, name, "NtCreateFile");
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
        return new Opened(path, channel, new FileBasicInfo(0, 0, 0, 0, 0));
      } catch (NoSuchFileException e) {
        throw new HcsException("NtCreateFile", name, HcsErrors.FILE_NOT_FOUND);
      } catch (IOException e) {
        throw Failures.of("NtCreateFile", name, e);
      }
    }

    @Override
    public Optional<FileBasicInfo> find(String name) {
      Path path = resolve(root, name, "NtCreateFile");
      try {
        BasicFileAttributes a =
            Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        long written = fileTime(a.lastModifiedTime());
        int attributes =
            (a.isDirectory() ? FileBasicInfo.DIRECTORY : 0)
                | (a.isSymbolicLink() ? FileBasicInfo.REPARSE_POINT : 0);
        return Optional.of(
            new FileBasicInfo(
                fileTime(a.creationTime()),
                fileTime(a.lastAccessTime()),
                written,
                written,
                attributes == 0 ? 0x20 : attributes));
      } catch (NoSuchFileException e) {
        return Optional.empty();
      } catch (IOException e) {
        throw Failures.of("NtCreateFile", name, e);
      }
    }

    @Override
    public List<String> list(String directory) {
      Path path = resolve(root, directory, "NtQueryDirectoryFile");
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new HcsException("NtQueryDirectoryFile", directory, HcsErrors.PATH_NOT_FOUND);
      }
      return StateDirectory.list(path).stream().map(p -> String.valueOf(p.getFileName())).toList();
    }

    @Override
    public void link(String name, LayerFolder targetRoot, String target) {
      if (!(targetRoot instanceof Folder other)) {
        throw new HcsException("NtSetInformationFile", target, HcsErrors.INVALID_HANDLE);
      }
      Path from = resolve(other.root(), target, "NtSetInformationFile");
      Path path = resolve(root, name, "NtSetInformationFile");
      try {
        if (!Files.isRegularFile(from, LinkOption.NOFOLLOW_LINKS)) {
          throw new HcsException("NtSetInformationFile", target, HcsErrors.FILE_NOT_FOUND);
        }
        Files.createLink(path, from);
      } catch (IOException e) {
        throw Failures.of("NtSetInformationFile", name, e);
      }
    }

    @Override
    public void remove(String name) {
      Path path = resolve(root, name, "NtSetInformationFile");
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

  static long fileTime(FileTime time) {
    Instant i = time.toInstant();
    return EPOCH_100NS + i.getEpochSecond() * 10_000_000 + i.getNano() / 100;
  }

  private static final class Opened implements LayerFile {

    private final Path path;
    private final @Nullable FileChannel channel;
    private final BackupStream stream;
    private FileBasicInfo info;
    private long readAt = -20;
    private boolean closed;

    Opened(Path path, @Nullable FileChannel channel, FileBasicInfo info) {
      this.path = path;
      this.channel = channel;
      this.stream = new BackupStream(channel);
      this.info = info;
    }

    @Override
    public void write(ByteBuffer bytes) {
      FileChannel to = channel;
      if (to == null) {
        throw new HcsException("WriteFile", path.toString(), HcsErrors.INVALID_HANDLE);
      }
      try {
        while (bytes.hasRemaining()) {
          to.write(bytes);
        }
      } catch (IOException e) {
        throw Failures.of("WriteFile", path.toString(), e);
      }
    }

    @Override
    public void writeBackup(ByteBuffer bytes) {
      try {
        stream.write(bytes);
      } catch (IOException e) {
        throw Failures.of("BackupWrite", path.toString(), e);
      }
    }

    @Override
    public int readBackup(ByteBuffer into) {
      FileChannel from = channel;
      if (from == null || !into.hasRemaining()) {
        return from == null ? -1 : 0;
      }
      try {
        int before = into.position();
        if (readAt < 0) {
          ByteBuffer header = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
          header.putInt(0, 1).putLong(8, from.size());
          while (readAt < 0 && into.hasRemaining()) {
            into.put(header.get((int) (20 + readAt++)));
          }
        }
        if (readAt >= 0 && into.hasRemaining()) {
          int n = from.read(into, readAt);
          readAt += Math.max(0, n);
        }
        int count = into.position() - before;
        return count == 0 ? -1 : count;
      } catch (IOException e) {
        throw Failures.of("BackupRead", path.toString(), e);
      }
    }

    @Override
    public void setBasicInfo(FileBasicInfo other) {
      info = other;
    }

    @Override
    public void close() {
      if (closed) {
        return;
      }
      closed = true;
      try {
        if (channel != null) {
          channel.close();
        }
        if (stream.isCutOff()) {
          throw new HcsException("BackupWrite", path.toString(), HcsErrors.INVALID_DATA);
        }
        if (stream.hasReparse()) {
          EmulatedLayerImport.becomeLink(path, stream.linkTarget());
        } else if (info.lastWriteTime() > 0) {
          Files.setLastModifiedTime(
              path,
              FileTime.from((info.lastWriteTime() - EPOCH_100NS) / 10, TimeUnit.MICROSECONDS));
        }
      } catch (IOException e) {
        throw Failures.of("CloseHandle", path.toString(), e);
      }
    }
  }
}
