package io.gardencell.server.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Extracts one tar stream below a directory. Entries that would lie outside, by name or through a
 * link, are refused; what was extracted before stays. One thread, one use.
 */
public final class TarReceiver {

  private static final int BUFFER = 1 << 17;
  private static final int MAX_DIRECTORY_TIMES = 100_000;
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private final Path destination;
  private final BooleanSupplier cancelled;
  private final byte[] buffer = new byte[BUFFER];
  private final Map<Path, FileTime> directoryTimes = new LinkedHashMap<>();
  private @Nullable Path knownDirectory;

  /**
   * Extracts into {@code destination}, a directory without links on its way, until {@code
   * cancelled} says stop.
   */
  public TarReceiver(Path destination, BooleanSupplier cancelled) {
    this.destination = destination;
    this.cancelled = cancelled;
  }

  /** Reads the archive to its end; the caller closes the stream. */
  public void receive(InputStream tar) throws IOException {
    Counted counted = new Counted(tar);
    TarArchiveInputStream in = new TarArchiveInputStream(counted, "UTF-8");
    TarArchiveEntry entry = next(in);
    while (entry != null) {
      extract(entry, in);
      entry = next(in);
    }
    if (counted.bytes % 512 != 0) {
      throw new IOException("tar extract failed: unexpected end of the archive");
    }
    for (Map.Entry<Path, FileTime> directory : directoryTimes.entrySet()) {
      Files.setLastModifiedTime(directory.getKey(), directory.getValue());
    }
  }

  // The library reports some broken headers as unchecked exceptions.
  private static @Nullable TarArchiveEntry next(TarArchiveInputStream in) throws IOException {
    try {
      return in.getNextEntry();
    } catch (IllegalArgumentException broken) {
      throw new IOException("tar extract failed: " + broken.getMessage(), broken);
    }
  }

  private void extract(TarArchiveEntry entry, TarArchiveInputStream in) throws IOException {
    List<String> names = names(entry.getName());
    if (names.isEmpty()) {
      return;
    }
    Path parent = directory(names.subList(0, names.size() - 1));
    Path target = parent.resolve(names.get(names.size() - 1));
    if (entry.isDirectory()) {
      directory(names);
      setMode(target, entry.getMode() | 0700);
      if (directoryTimes.size() < MAX_DIRECTORY_TIMES) {
        directoryTimes.put(target, entry.getLastModifiedTime());
      }
    } else if (entry.isSymbolicLink()) {
      replace(target);
      Files.createSymbolicLink(target, linkTarget(entry, names));
    } else if (entry.isLink()) {
      Path existing = hardLinkTarget(entry);
      if (!existing.equals(target)) {
        replace(target);
        Files.createLink(target, existing);
      }
    } else if (entry.isFile()) {
      replace(target);
      write(target, in);
      setMode(target, entry.getMode() | 0600);
      Files.setLastModifiedTime(target, entry.getLastModifiedTime());
    } else {
      throw new IOException("entry '" + entry.getName() + "' is a device, refused");
    }
  }

  private void write(Path target, InputStream in) throws IOException {
    try (OutputStream out =
        Files.newOutputStream(
            target,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS)) {
      int n = in.read(buffer);
      while (n >= 0) {
        if (cancelled.getAsBoolean()) {
          throw new IOException("container is being destroyed");
        }
        out.write(buffer, 0, n);
        n = in.read(buffer);
      }
    }
  }

  private static List<String> names(String name) throws IOException {
    String text = name.replace('\\', '/');
    List<String> names = new ArrayList<>();
    if (text.startsWith("/") || ContainerPath.hasDrive(text)) {
      throw new IOException("entry '" + name + "' has an absolute name, refused");
    }
    for (String element : text.split("/")) {
      if (element.equals("..") || !ContainerPath.isName(element)) {
        throw new IOException("entry '" + name + "' would leave the destination, refused");
      }
      if (!element.isEmpty() && !element.equals(".")) {
        names.add(element);
      }
    }
    return names;
  }

  private Path directory(List<String> names) throws IOException {
    Path wanted = destination;
    for (String name : names) {
      wanted = wanted.resolve(name);
    }
    if (wanted.equals(knownDirectory)) {
      ContainerRoot.requireDirectory(wanted);
      return wanted;
    }
    Path current = destination;
    for (String name : names) {
      current = current.resolve(name);
      if (!Files.exists(current, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectory(current);
      }
      ContainerRoot.requireDirectory(current);
    }
    knownDirectory = current;
    return current;
  }

  /** Makes room for an entry: files and links go, directories stay and make the entry fail. */
  private void replace(Path target) throws IOException {
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    BasicFileAttributes found =
        Files.readAttributes(target, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (found.isDirectory()) {
      throw new IOException(destination.relativize(target) + " is a directory, not replaced");
    }
    Files.delete(target);
  }

  private Path linkTarget(TarArchiveEntry entry, List<String> names) throws IOException {
    String text = entry.getLinkName().replace('\\', '/');
    int depth = names.size() - 1;
    boolean outside = text.isEmpty() || text.startsWith("/") || ContainerPath.hasDrive(text);
    for (String element : text.split("/")) {
      if (element.equals("..")) {
        depth--;
      } else if (!element.isEmpty() && !element.equals(".")) {
        depth++;
      }
      outside |= depth < 0;
    }
    if (outside) {
      throw new IOException(
          "link '%s' to '%s' would leave the destination, refused"
              .formatted(entry.getName(), entry.getLinkName()));
    }
    return destination.getFileSystem().getPath(text);
  }

  private Path hardLinkTarget(TarArchiveEntry entry) throws IOException {
    List<String> names = names(entry.getLinkName());
    if (names.isEmpty()) {
      throw new IOException("link '" + entry.getName() + "' has no target");
    }
    Path target =
        directory(names.subList(0, names.size() - 1)).resolve(names.get(names.size() - 1));
    if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(
          "link '%s' to '%s': no such file".formatted(entry.getName(), entry.getLinkName()));
    }
    return target;
  }

  private static void setMode(Path target, int mode) throws IOException {
    if (POSIX) {
      Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
      PosixFilePermission[] all = PosixFilePermission.values();
      for (int i = 0; i < all.length; i++) {
        if ((mode & 0400 >> i) != 0) {
          permissions.add(all[i]);
        }
      }
      Files.setPosixFilePermissions(target, permissions);
    }
  }

  /** Counts what the archive had, to tell a cut one from a whole one. */
  private static final class Counted extends FilterInputStream {

    private long bytes;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      bytes += value < 0 ? 0 : 1;
      return value;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int n = super.read(target, offset, length);
      bytes += Math.max(n, 0);
      return n;
    }

    @Override
    public long skip(long count) throws IOException {
      long n = super.skip(count);
      bytes += n;
      return n;
    }
  }
}
