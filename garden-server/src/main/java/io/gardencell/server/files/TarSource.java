package io.gardencell.server.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Writes a directory or file as a tar stream, parents before children, entries of a directory in
 * the order of their names. Links are sent as links, never followed. One thread.
 */
public final class TarSource {

  private static final int BUFFER = 1 << 17;
  private static final int NAMES = 1024;
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private final ContainerRoot.Place source;
  private final String name;
  private final BooleanSupplier cancelled;
  private final byte[] buffer = new byte[BUFFER];

  private TarSource(ContainerRoot.Place source, String name, BooleanSupplier cancelled) {
    this.source = source;
    this.name = name;
    this.cancelled = cancelled;
  }

  /**
   * Finds the source.
   *
   * @throws IOException if it is not there
   */
  public static TarSource open(ContainerRoot root, ContainerPath path, BooleanSupplier cancelled)
      throws IOException {
    ContainerRoot.Place source = root.existing(path);
    if (FileKind.of(FileKind.attributes(source.path())) == FileKind.OTHER) {
      throw new IOException(source.name() + " is neither a file nor a directory nor a link");
    }
    return new TarSource(source, path.isContents() ? "." : source.name(), cancelled);
  }

  /** Writes the whole archive and leaves {@code out} open. */
  public void writeTo(OutputStream out) throws IOException {
    TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8");
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
    write(tar, source, name);
    tar.finish();
    tar.flush();
  }

  // Whatever is neither file nor directory nor symbolic link is left out: pipes, and junctions,
  // which say that they are directories and lead wherever the container wants.
  private void write(TarArchiveOutputStream tar, ContainerRoot.Place place, String entryName)
      throws IOException {
    if (cancelled.getAsBoolean()) {
      throw new IOException("container is being destroyed");
    }
    Path path = place.path();
    BasicFileAttributes found;
    try {
      found = FileKind.attributes(path);
    } catch (NoSuchFileException gone) {
      return;
    }
    switch (FileKind.of(found)) {
      case SYMBOLIC_LINK -> {
        TarArchiveEntry entry = new TarArchiveEntry(entryName, TarConstants.LF_SYMLINK);
        entry.setLinkName(Files.readSymbolicLink(path).toString());
        put(tar, entry, found, 0777);
        tar.closeArchiveEntry();
      }
      case DIRECTORY -> writeFolder(tar, place.asFolder(), entryName, found);
      case FILE -> writeFile(tar, place, entryName, found);
      case OTHER -> {}
    }
  }

  /**
   * However many entries the container made in a directory, only so many names are in memory; they
   * are in order as far as that goes.
   */
  private void writeFolder(
      TarArchiveOutputStream tar, Folder folder, String entryName, BasicFileAttributes found)
      throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder.path())) {
      folder.requireReal();
      put(tar, new TarArchiveEntry(entryName + "/"), found, mode(folder.path(), 0755));
      tar.closeArchiveEntry();
      Iterator<Path> all = entries.iterator();
      List<String> names = some(all);
      while (!names.isEmpty()) {
        if (names.size() < NAMES) {
          // Open directories would grow with the depth of the tree.
          entries.close();
        }
        for (String child : names) {
          write(tar, new ContainerRoot.Place(folder, child), entryName + "/" + child);
        }
        names = some(all);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static List<String> some(Iterator<Path> entries) {
    List<String> names = new ArrayList<>();
    while (names.size() < NAMES && entries.hasNext()) {
      names.add(String.valueOf(entries.next().getFileName()));
    }
    Collections.sort(names);
    return names;
  }

  /** The size is told first: a file that grows is cut, one that shrinks is filled with zeros. */
  private void writeFile(
      TarArchiveOutputStream tar,
      ContainerRoot.Place place,
      String entryName,
      BasicFileAttributes found)
      throws IOException {
    Path path = place.path();
    try (InputStream in =
        Files.newInputStream(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      place.folder().requireReal();
      TarArchiveEntry entry = new TarArchiveEntry(entryName);
      entry.setSize(found.size());
      put(tar, entry, found, mode(path, 0644));
      long left = found.size();
      while (left > 0) {
        if (cancelled.getAsBoolean()) {
          throw new IOException("container is being destroyed");
        }
        int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (n < 0) {
          n = (int) Math.min(buffer.length, left);
          Arrays.fill(buffer, 0, n, (byte) 0);
        }
        tar.write(buffer, 0, n);
        left -= n;
      }
    }
    tar.closeArchiveEntry();
  }

  private static void put(
      TarArchiveOutputStream tar, TarArchiveEntry entry, BasicFileAttributes found, int mode)
      throws IOException {
    // Whole seconds: fractions would cost a PAX header for every entry.
    entry.setModTime(found.lastModifiedTime().toMillis() / 1000 * 1000);
    entry.setMode(mode);
    tar.putArchiveEntry(entry);
  }

  private static int mode(Path path, int otherwise) throws IOException {
    if (!POSIX) {
      return otherwise;
    }
    Set<PosixFilePermission> permissions =
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
    int mode = 0;
    for (PosixFilePermission permission : permissions) {
      mode |= 0400 >> permission.ordinal();
    }
    return mode;
  }
}
