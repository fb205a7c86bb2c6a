package io.gardencell.server.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The root directory of a container's volume as the host sees it. Paths below it are walked name by
 * name; a link or reparse point on the way is refused, since the container may have planted it.
 * Names are found as NTFS finds them, without regard to case. Any thread; blocks.
 */
public final class ContainerRoot {

  private static final Logger log = LoggerFactory.getLogger(ContainerRoot.class);

  private final Path root;

  /** The directory must exist when it is used; it is never created. */
  public ContainerRoot(Path root) {
    this.root = root;
  }

  /**
   * A directory, made with its parents where it is missing; a made one can be written by all users
   * of the container. Nothing is made behind a link or a mount: what is there only the container
   * can tell.
   */
  public void makeDirectory(ContainerPath path) throws IOException {
    try {
      directory(path);
    } catch (LinkNotFollowed e) {
      log.atDebug().addKeyValue("path", path).setCause(e).log("directory left to the container");
    }
  }

  Folder directory(ContainerPath path) throws IOException {
    Folder current = requireRoot();
    boolean made = false;
    for (String name : path.elements()) {
      Optional<String> there = find(current, name);
      made = there.isEmpty();
      current = current.directory(there.orElse(name));
    }
    if (made) {
      allowUsers(current.path());
    }
    return current;
  }

  /** Where a directory or file that is there lies. */
  Place existing(ContainerPath path) throws IOException {
    Folder parent = requireRoot();
    Folder current = parent;
    String last = "";
    for (String name : path.elements()) {
      current.requireReal();
      parent = current;
      last = find(parent, name).orElseThrow(() -> new NoSuchFileException(path.toString()));
      current = parent.child(last);
    }
    if (path.isContents()) {
      current.requireReal();
    }
    return new Place(parent, last);
  }

  /** An entry of a folder, or with an empty name the folder itself. */
  record Place(Folder folder, String name) {

    Path path() throws IOException {
      return name.isEmpty() ? folder.path() : folder.entry(name);
    }

    Folder asFolder() throws IOException {
      return name.isEmpty() ? folder : folder.child(name);
    }
  }

  private Folder requireRoot() throws IOException {
    // The root itself may be a mount point, so links are followed here and only here.
    if (!Files.isDirectory(root)) {
      throw new NoSuchFileException("container init process is not running");
    }
    return Folder.ofRoot(root.toRealPath());
  }

  private static Optional<String> find(Folder folder, String name) throws IOException {
    if (Files.exists(folder.entry(name), LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of(name);
    }
    try (Stream<Path> entries = Files.list(folder.path())) {
      return entries
          .map(entry -> String.valueOf(entry.getFileName()))
          .filter(entry -> entry.equalsIgnoreCase(name))
          .findFirst();
    } catch (UncheckedIOException e) {
      throw e.getCause();
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
