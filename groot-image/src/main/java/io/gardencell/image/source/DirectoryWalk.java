package io.gardencell.image.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * All of a directory in the order of names, parents first, no link followed. It keeps a digest of
 * what it has seen, but for the files' bytes. One thread; memory for the names of one directory a
 * level.
 */
final class DirectoryWalk {

  private static final int DEFAULT_FILE = 0644;
  private static final int DEFAULT_DIRECTORY = 0755;

  /**
   * Something in the directory.
   *
   * @param name below the top, with slashes
   * @param mode Unix permissions
   * @param target of a symbolic link, else empty
   */
  record Entry(Path path, String name, BasicFileAttributes attributes, int mode, String target) {}

  private final Path top;
  private final String prefix;
  private final Predicate<String> wanted;
  private final Deque<Iterator<Path>> open = new ArrayDeque<>();
  private final MessageDigest seen = Digest.messageDigest("sha256");
  private boolean begun;

  /**
   * A walk.
   *
   * @param prefix what goes before each name: empty, or a directory, which then comes first
   * @param wanted names to take, without the prefix
   */
  DirectoryWalk(Path top, String prefix, Predicate<String> wanted) {
    this.top = top;
    this.prefix = prefix;
    this.wanted = wanted;
  }

  /** The next entry; empty at the end. */
  Optional<Entry> next() throws IOException {
    if (!begun) {
      begun = true;
      open.push(children(top));
      if (!prefix.isEmpty()) {
        return Optional.of(entry(top, ""));
      }
    }
    while (!open.isEmpty()) {
      if (!open.peek().hasNext()) {
        open.pop();
        continue;
      }
      Path path = open.peek().next();
      String name = top.relativize(path).toString().replace('\\', '/');
      if (wanted.test(name)) {
        Entry entry = entry(path, name);
        if (entry.attributes().isDirectory()) {
          open.push(children(path));
        }
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  private static Iterator<Path> children(Path directory) throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      List<Path> sorted = all.sorted().toList();
      return sorted.iterator();
    }
  }

  private Entry entry(Path path, String name) throws IOException {
    BasicFileAttributes a =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (a.isOther()) {
      throw new IOException(path + " (expected: a file, a directory or a symbolic link)");
    }
    String target =
        a.isSymbolicLink() ? Files.readSymbolicLink(path).toString().replace('\\', '/') : "";
    int mode = mode(path, a);
    long size = a.isRegularFile() ? a.size() : 0;
    long time = a.lastModifiedTime().to(TimeUnit.NANOSECONDS);
    String fact = "%s\0%d\0%d\0%o\0%s\0".formatted(name, size, time, mode, target);
    seen.update(fact.getBytes(StandardCharsets.UTF_8));
    String whole = name.isEmpty() ? prefix.substring(0, prefix.length() - 1) : prefix + name;
    return new Entry(path, whole, a, mode, target);
  }

  private static int mode(Path path, BasicFileAttributes a) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    }
    return a.isDirectory() ? DEFAULT_DIRECTORY : DEFAULT_FILE;
  }

  /** Hex digits of the digest of all that was seen; once, at the end. */
  String seen() {
    return HexFormat.of().formatHex(seen.digest());
  }
}
