package io.gardencell.server.files;

import io.gardencell.api.files.ArchiveBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Extracts one tar stream below a directory. Entries that would lie outside, by name or through a
 * link, are refused; what was extracted before stays, and no file is there in part. One thread, one
 * use.
 */
public final class TarReceiver {

  private static final int BUFFER = 1 << 17;
  private static final int MAX_DIRECTORY_TIMES = 100_000;
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private final Folder destination;
  private final BooleanSupplier cancelled;
  private final byte[] buffer = new byte[BUFFER];
  private final Map<Folder, FileTime> directoryTimes = new LinkedHashMap<>();
  private @Nullable Folder known;

  private TarReceiver(Folder destination, BooleanSupplier cancelled) {
    this.destination = destination;
    this.cancelled = cancelled;
  }

  /** Extracts into a directory, which is made if it is missing, until told to stop. */
  public static TarReceiver open(
      ContainerRoot root, ContainerPath destination, BooleanSupplier cancelled) throws IOException {
    return new TarReceiver(root.directory(destination), cancelled);
  }

  /** Reads the archive to its end; the caller closes the stream. */
  public void receive(InputStream tar) throws IOException {
    ArchiveBytes bytes = new ArchiveBytes(tar);
    TarArchiveInputStream in = new TarArchiveInputStream(bytes, "UTF-8");
    TarArchiveEntry entry = next(in, bytes);
    while (entry != null) {
      extract(entry, in);
      // What is left, as of a link that carries its file's content, is no part of a header.
      in.transferTo(OutputStream.nullOutputStream());
      entry = next(in, bytes);
    }
    if (bytes.isCut()) {
      throw new IOException("tar extract failed: unexpected end of the archive");
    }
    for (Map.Entry<Folder, FileTime> directory : directoryTimes.entrySet()) {
      directory.getKey().requireReal();
      setTime(directory.getKey().path(), directory.getValue());
    }
  }

  // The library reports some broken headers as unchecked exceptions.
  private static @Nullable TarArchiveEntry next(TarArchiveInputStream in, ArchiveBytes bytes)
      throws IOException {
    bytes.beginHeaders();
    try {
      TarArchiveEntry entry = in.getNextEntry();
      bytes.beginContent();
      return entry;
    } catch (IllegalArgumentException broken) {
      throw new IOException("tar extract failed: " + broken.getMessage(), broken);
    }
  }

  private void extract(TarArchiveEntry entry, TarArchiveInputStream in) throws IOException {
    List<String> names = names(entry.getName());
    if (names.isEmpty()) {
      return;
    }
    if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
      throw new IOException("entry '" + entry.getName() + "' is a device, refused");
    }
    if (entry.isDirectory()) {
      directory(entry, directory(names));
      return;
    }
    Folder parent = directory(names.subList(0, names.size() - 1));
    String name = names.get(names.size() - 1);
    if (entry.isSymbolicLink()) {
      Path target = linkTarget(entry, names);
      parent.place(name, (fresh, check) -> Files.createSymbolicLink(fresh, target));
    } else if (entry.isLink()) {
      hardLink(entry, parent, name);
    } else {
      parent.place(name, (fresh, check) -> write(entry, in, fresh, check));
    }
  }

  private void directory(TarArchiveEntry entry, Folder directory) throws IOException {
    setMode(directory.path(), entry.getMode() | 0700);
    if (directoryTimes.size() < MAX_DIRECTORY_TIMES) {
      directoryTimes.put(directory, entry.getLastModifiedTime());
    }
  }

  private void write(TarArchiveEntry entry, InputStream in, Path fresh, Folder.Check check)
      throws IOException {
    try (OutputStream out =
        Files.newOutputStream(
            fresh,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS)) {
      check.run();
      int n = in.read(buffer);
      while (n >= 0) {
        if (cancelled.getAsBoolean()) {
          throw new IOException("container is being destroyed");
        }
        out.write(buffer, 0, n);
        n = in.read(buffer);
      }
    }
    check.run();
    setMode(fresh, entry.getMode() | 0600);
    setTime(fresh, entry.getLastModifiedTime());
  }

  private static List<String> names(String name) throws IOException {
    String text = name.replace('\\', '/');
    List<String> names = new ArrayList<>();
    Optional<String> excess = ContainerPath.excess(text);
    if (excess.isPresent()) {
      throw new IOException(
          "entry '%.100s...' has a name of %s, refused".formatted(text, excess.get()));
    }
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

  private Folder directory(List<String> names) throws IOException {
    Folder wanted = destination;
    for (String name : names) {
      wanted = wanted.child(name);
    }
    Folder last = known;
    if (last != null && last.path().equals(wanted.path())) {
      last.requireReal();
      return last;
    }
    Folder current = destination;
    for (String name : names) {
      current = current.directory(name);
    }
    known = current;
    return current;
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
    return Folder.named(() -> destination.path().getFileSystem().getPath(text));
  }

  private void hardLink(TarArchiveEntry entry, Folder parent, String name) throws IOException {
    List<String> names = names(entry.getLinkName());
    if (names.isEmpty()) {
      throw new IOException("link '" + entry.getName() + "' has no target");
    }
    Folder folder = directory(names.subList(0, names.size() - 1));
    Path target = folder.entry(names.get(names.size() - 1));
    if (!Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(
          "link '%s' to '%s': no such file".formatted(entry.getName(), entry.getLinkName()));
    }
    if (!target.equals(parent.entry(name))) {
      parent.place(
          name,
          (fresh, check) -> {
            Files.createLink(fresh, target);
            requireSame(folder, target, fresh);
          });
    }
  }

  /** Whether what was linked is what lies there now, on a way without links. */
  private static void requireSame(Folder folder, Path target, Path linked) throws IOException {
    folder.requireReal();
    if (!Files.isSameFile(target, linked)) {
      throw new IOException(target.getFileName() + " was exchanged while it was linked");
    }
    folder.requireReal();
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
      Files.getFileAttributeView(target, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setPermissions(permissions);
    }
  }

  private static void setTime(Path target, FileTime modified) throws IOException {
    Files.getFileAttributeView(target, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(modified, null, null);
  }
}
