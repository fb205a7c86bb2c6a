package io.gardencell.server.files;

import io.gardencell.api.GardenException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A path inside a container, as names from its root; Windows' logic on any machine (guardian:
 * rundmc/nstar.go, winc-release: nstar).
 *
 * @param elements names without separators, {@code .} or {@code ..}; empty for the root itself
 * @param isContents whether the path ended in a separator: what is in the directory is meant
 */
public record ContainerPath(List<String> elements, boolean isContents) {

  /** Longer names have no file on any host: Windows' programs know 260 characters, Linux 4096. */
  private static final int MAX_LENGTH = 4096;

  /** Every level is looked at from the root on, so that time grows with the cube of the depth. */
  private static final int MAX_LEVELS = 255;

  private static final String DEFAULT_USER = "ContainerAdministrator";

  public ContainerPath {
    elements = List.copyOf(elements);
  }

  /**
   * A path of a file request: relative ones are relative to the user's profile.
   *
   * @param user empty for the container's administrator
   */
  public static ContainerPath ofUser(String user, String path) {
    String owner = user.isEmpty() ? DEFAULT_USER : user;
    if (owner.chars().anyMatch(c -> c < 0x20 || "\\/:*?\"<>|".indexOf(c) >= 0)
        || owner.startsWith(".")) {
      throw GardenException.failure("invalid user: '" + user + "'");
    }
    String text = path.replace('\\', '/');
    boolean absolute = text.startsWith("/") || hasDrive(text);
    return parse(absolute ? text : "/Users/" + owner + "/" + text, path);
  }

  /** A working directory: relative ones are relative to the root. */
  public static ContainerPath ofDirectory(String path) {
    return parse(path.replace('\\', '/'), path);
  }

  private static ContainerPath parse(String text, String original) {
    excess(text)
        .ifPresent(
            excess -> {
              throw GardenException.failure("path of " + excess);
            });
    String rest = hasDrive(text) ? text.substring(2) : text;
    List<String> names = new ArrayList<>();
    for (String name : rest.split("/")) {
      if (name.equals("..")) {
        if (!names.isEmpty()) {
          names.remove(names.size() - 1);
        }
      } else if (!name.isEmpty() && !name.equals(".")) {
        if (!isName(name)) {
          throw GardenException.failure("invalid path: '" + original + "'");
        }
        names.add(name);
      }
    }
    return new ContainerPath(names, names.isEmpty() || rest.endsWith("/"));
  }

  /** What is too much about a path with slashes, and how much it may be. */
  static Optional<String> excess(String text) {
    long levels = text.chars().filter(c -> c == '/').count();
    if (text.length() > MAX_LENGTH) {
      return Optional.of(
          "%d characters (expected: at most %d)".formatted(text.length(), MAX_LENGTH));
    }
    return levels > MAX_LEVELS
        ? Optional.of("%d levels (expected: at most %d)".formatted(levels, MAX_LEVELS))
        : Optional.empty();
  }

  static boolean isName(String name) {
    return name.chars().noneMatch(c -> c < 0x20 || c == ':');
  }

  static boolean hasDrive(String text) {
    return text.length() >= 2 && text.charAt(1) == ':' && Character.isLetter(text.charAt(0));
  }

  @Override
  public String toString() {
    return "C:\\" + String.join("\\", elements);
  }
}
