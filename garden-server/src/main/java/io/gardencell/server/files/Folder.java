package io.gardencell.server.files;

import io.gardencell.api.files.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A directory of a container, known by its names from the root on. Processes of the container can
 * put a link in the place of any of them at any time, so a look before an operation is not enough:
 * something new is made under a name that nobody can guess, the way to it is looked at again, and
 * only then it gets its own name; where the way led elsewhere meanwhile, that name is not found.
 * One thread.
 */
final class Folder {

  private final @Nullable Folder parent;
  private final Path path;

  private Folder(@Nullable Folder parent, Path path) {
    this.parent = parent;
    this.path = path;
  }

  /** The root itself, a real path. */
  static Folder ofRoot(Path root) {
    return new Folder(null, root);
  }

  Path path() {
    return path;
  }

  Folder child(String name) throws IOException {
    return new Folder(this, entry(name));
  }

  /** Where something of that name lies in this folder. */
  Path entry(String name) throws IOException {
    return named(() -> path.resolve(name));
  }

  /** A path of a name that a stranger chose, which this host may not be able to give a file. */
  static Path named(Supplier<Path> path) throws IOException {
    try {
      return path.get();
    } catch (InvalidPathException e) {
      throw new IOException(
          "'%s' can be no file's name here: %s".formatted(e.getInput(), e.getReason()), e);
    }
  }

  /** Fails unless every name on the way is a directory and no link. */
  void requireReal() throws IOException {
    Deque<Path> way = new ArrayDeque<>();
    for (Folder folder = this; folder != null && folder.parent != null; folder = folder.parent) {
      way.push(folder.path);
    }
    for (Path directory : way) {
      FileKind.requireDirectory(directory);
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
    Path target = entry(name);
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
