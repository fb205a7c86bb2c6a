package io.gardencell.server.files;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The root directory of a container's volume as the host sees it. Paths below it are walked name by
 * name; a link or reparse point on the way is refused, since the container may have planted it.
 * Names are found as NTFS finds them, without regard to case. Any thread; blocks.
 */
public final class ContainerRoot {

  private final Path root;

  /** The directory must exist when it is used; it is never created. */
  public ContainerRoot(Path root) {
    this.root = root;
  }

  /**
   * A directory, made with its parents where it is missing; a made one can be written by all users
   * of the container.
   */
  public Path makeDirectory(ContainerPath path) throws IOException {
    Path current = requireRoot();
    boolean made = false;
    for (String name : path.elements()) {
      Optional<Path> child = child(current, name);
      current = child.orElse(current.resolve(name));
      made = child.isEmpty();
      if (made) {
        createDirectory(current);
      }
      requireDirectory(current);
    }
    if (made) {
      allowUsers(current);
    }
    return current;
  }

  /** A directory or file that is there. */
  public Path existing(ContainerPath path) throws IOException {
    Path current = requireRoot();
    for (String name : path.elements()) {
      requireDirectory(current);
      current = child(current, name).orElseThrow(() -> new NoSuchFileException(path.toString()));
    }
    if (path.isContents()) {
      requireDirectory(current);
    }
    return current;
  }

  private Path requireRoot() throws IOException {
    // The root itself may be a mount point, so links are followed here and only here.
    if (!Files.isDirectory(root)) {
      throw new NoSuchFileException("container init process is not running");
    }
    return root.toRealPath();
  }

  private static Optional<Path> child(Path directory, String name) throws IOException {
    Path exact = directory.resolve(name);
    if (Files.exists(exact, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of(exact);
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(entry -> String.valueOf(entry.getFileName()).equalsIgnoreCase(name))
          .findFirst();
    }
  }

  private static void createDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      requireDirectory(directory);
    }
  }

  static void requireDirectory(Path path) throws IOException {
    BasicFileAttributes found =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (found.isSymbolicLink() || found.isOther()) {
      throw new IOException(path.getFileName() + " is a link, not followed");
    }
    if (!found.isDirectory()) {
      throw new IOException(path.getFileName() + " is not a directory");
    }
  }

  /** Full control for BUILTIN\Users, without inheritance, as the reference's nstar does. */
  private static void allowUsers(Path directory) throws IOException {
    AclFileAttributeView view =
        Files.getFileAttributeView(
            directory, AclFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view == null) {
      return;
    }
    UserPrincipal users =
        directory
            .getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName("BUILTIN\\Users");
    List<AclEntry> entries = new ArrayList<>(view.getAcl());
    entries.add(
        0,
        AclEntry.newBuilder()
            .setType(AclEntryType.ALLOW)
            .setPrincipal(users)
            .setPermissions(EnumSet.allOf(AclEntryPermission.class))
            .build());
    view.setAcl(entries);
  }
}
