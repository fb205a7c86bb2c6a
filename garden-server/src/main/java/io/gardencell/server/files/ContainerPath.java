package io.gardencell.server.files;

import io.gardencell.api.GardenException;
import java.util.ArrayList;
import java.util.List;

/**
 * A path inside a container, as names from its root; Windows' logic on any machine (guardian:
 * rundmc/nstar.go, winc-release: nstar).
 *
 * @param elements names without separators, {@code .} or {@code ..}; empty for the root itself
 * @param isContents whether the path ended in a separator: what is in the directory is meant
 */
public record ContainerPath(List<String> elements, boolean isContents) {

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
