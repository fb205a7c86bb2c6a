package io.gardencell.server.files;

import io.gardencell.api.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A directory of a container, known by its names from the root on. Processes of the container can
 * put a link in the place of any of them at any time, so a look before an operation is not enough:
 * something new is made under a name that nobody can guess, the way to it is looked at again, and
 * only then it gets its own name; where the way led elsewhere meanwhile, that name is not found.
 * One thread.
 */
final class Folder {

  private final Path root;
  private final List<String> names;
  private final Path path;

  private Folder(Path root, List<String> names) {
    this.root = root;
    this.names = List.copyOf(names);
    Path way = root;
    for (String name : names) {
      way = way.resolve(name);
    }
    path = way;
  }

  /** The root itself, a real path. */
  static Folder ofRoot(Path root) {
    return new Folder(root, List.of());
  }

  Path path() {
    return path;
  }

  Folder child(String name) {
    List<String> longer = new ArrayList<>(names);
    longer.add(name);
    return new Folder(root, longer);
  }

  /** Fails unless every name on the way is a directory and no link. */
  void requireReal() throws IOException {
    Path way = root;
    for (String name : names) {
      way = way.resolve(name);
      FileKind.requireDirectory(way);
    }
  }

  /** Makes something at a path that is not there yet. */
  @FunctionalInterface
  interface Maker {

    /** {@code check} is to be called once something is there, before anything is put into it. */
    void make(Path fresh, Check check) throws IOException;
  }

  /** Fails if what was made is not in this folder. */
  @FunctionalInterface
  interface Check {
    void run() throws IOException;
  }

  /** Makes an entry, whole or not at all; it replaces a file or link of that name. */
  void place(String name, Maker maker) throws IOException {
    Path fresh = path.resolve(".incoming-" + UUID.randomUUID());
    Path target = path.resolve(name);
    try {
      maker.make(fresh, () -> requireHere(fresh));
      requireHere(fresh);
      makeRoom(target);
      AtomicFile.rename(fresh, target);
    } finally {
      // There only after a failure, and where both names are links to one file.
      Files.deleteIfExists(fresh);
    }
  }

  private void requireHere(Path fresh) throws IOException {
    requireReal();
    FileKind.attributes(fresh);
  }

  private void makeRoom(Path target) throws IOException {
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    BasicFileAttributes found = FileKind.attributes(target);
    if (found.isDirectory()) {
      throw new IOException(target.getFileName() + " is a directory, not replaced");
    }
    if (FileKind.of(found) != FileKind.FILE) {
      Files.delete(target);
    }
  }

  /** The directory of that name in this one, made if nothing is there. */
  Folder directory(String name) throws IOException {
    Folder child = child(name);
    if (!Files.exists(child.path, LinkOption.NOFOLLOW_LINKS)) {
      place(name, (fresh, check) -> Files.createDirectory(fresh));
    }
    child.requireReal();
    return child;
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
