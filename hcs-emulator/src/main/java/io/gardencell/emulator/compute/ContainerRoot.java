package io.gardencell.emulator.compute;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A volume as the file system of a compute system: Windows paths, programs, users, environment. */
record ContainerRoot(Path volume) {

  private static final String HOST_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/homebrew/bin";
  private static final Set<String> USERS =
      Set.of("containeradministrator", "containeruser", "administrator", "system", "root", "vcap");

  /**
   * {@code C:\x\y}, {@code /x/y}, {@code \x\y} and {@code x/y} below the volume; never above it.
   */
  Path resolve(String windowsPath) {
    String path = windowsPath;
    if (path.length() >= 2 && path.charAt(1) == ':' && Character.isLetter(path.charAt(0))) {
      path = path.substring(2);
    }
    List<String> names = new ArrayList<>();
    for (String name : path.split("[/\\\\]+")) {
      if (name.equals("..")) {
        if (!names.isEmpty()) {
          names.remove(names.size() - 1);
        }
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    Path at = volume;
    for (String name : names) {
      at = child(at, name);
    }
    return at;
  }

  private static Path child(Path directory, String name) {
    Path exact = directory.resolve(name);
    if (Files.exists(exact, LinkOption.NOFOLLOW_LINKS) || !Files.isDirectory(directory)) {
      return exact;
    }
    try (Stream<Path> names = Files.list(directory)) {
      return names
          .filter(p -> String.valueOf(p.getFileName()).equalsIgnoreCase(name))
          .findFirst()
          .orElse(exact);
    } catch (IOException unreadable) {
      return exact;
    }
  }

  /** The real directory a process starts in; the volume's root for an empty name. */
  Path workingDirectory(String windowsPath, String target) {
    Path directory = resolve(windowsPath);
    if (!Files.isDirectory(directory)) {
      throw new HcsException("HcsCreateProcess", target, HcsErrors.DIRECTORY_NAME_INVALID);
    }
    return directory;
  }

  void checkUser(String user, String target) {
    String name = user.toLowerCase(Locale.ROOT);
    boolean known = user.isEmpty() || USERS.contains(name);
    if (!known && !name.matches(".*[/\\\\:].*|\\.+")) {
      known = Files.isDirectory(resolve("Users/" + user));
    }
    if (!known) {
      throw new HcsException("HcsCreateProcess", target, HcsErrors.LOGON_FAILURE);
    }
  }

  /** Looks in the volume, then by the last element on the host's PATH, each also with .exe. */
  Path executable(String program, Path directory, String target) {
    String last =
        program.substring(Math.max(program.lastIndexOf('/'), program.lastIndexOf('\\')) + 1);
    List<Path> candidates = new ArrayList<>();
    if (last.equals(program)) {
      both(candidates, child(directory, program), directory);
      both(candidates, resolve("Windows/System32/" + program), volume);
    } else {
      boolean rooted = program.matches("([A-Za-z]:)?[/\\\\].*");
      String inside = rooted ? program : directory.toString();
      both(
          candidates,
          rooted ? resolve(inside) : new ContainerRoot(directory).resolve(program),
          volume);
    }
    String bare =
        last.toLowerCase(Locale.ROOT).endsWith(".exe")
            ? last.substring(0, last.length() - 4)
            : last;
    for (String element : HOST_PATH.split(":")) {
      candidates.add(Path.of(element, last.isEmpty() ? "." : last));
      candidates.add(Path.of(element, bare.isEmpty() ? "." : bare));
    }
    for (Path candidate : candidates) {
      if (Files.isRegularFile(candidate)) {
        if (!Files.isExecutable(candidate)) {
          throw new HcsException("HcsCreateProcess", target, HcsErrors.ACCESS_DENIED);
        }
        return candidate;
      }
    }
    throw new HcsException("HcsCreateProcess", target, HcsErrors.FILE_NOT_FOUND);
  }

  private static void both(List<Path> candidates, Path path, Path fallback) {
    Path parent = path.getParent() == null ? fallback : path.getParent();
    candidates.add(path);
    String name = String.valueOf(path.getFileName());
    candidates.add(child(parent, name + ".exe"));
    if (name.toLowerCase(Locale.ROOT).endsWith(".exe")) {
      candidates.add(child(parent, name.substring(0, name.length() - 4)));
    }
  }

  /** A small default block, then the document's; names without regard to case, the last wins. */
  Map<String, String> environment(String user, String hostName, Map<String, String> document) {
    String name = user.isEmpty() ? "ContainerAdministrator" : user;
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("PATH", HOST_PATH);
    defaults.put("HOME", volume.toString());
    defaults.put("USERNAME", name);
    defaults.put("USERPROFILE", "C:\\Users\\" + name);
    defaults.put("SystemDrive", "C:");
    defaults.put("SystemRoot", "C:\\Windows");
    defaults.put("windir", "C:\\Windows");
    defaults.put("TEMP", "C:\\Users\\" + name + "\\AppData\\Local\\Temp");
    defaults.put("TMP", "C:\\Users\\" + name + "\\AppData\\Local\\Temp");
    defaults.put("COMPUTERNAME", hostName);
    defaults.put("OS", "Windows_NT");
    Map<String, Map.Entry<String, String>> block = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    defaults.forEach((k, v) -> block.put(k, Map.entry(k, v)));
    document.forEach(
        (k, v) -> {
          if (k.equalsIgnoreCase("PATH")) {
            block.put(k, Map.entry("PATH", searchPath(v)));
          } else {
            block.put(k, Map.entry(k, v));
          }
        });
    return block.values().stream()
        .filter(e -> !e.getKey().isEmpty() && e.getKey().indexOf('=') < 0)
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (a, b) -> b, LinkedHashMap::new));
  }

  /** A PATH in Windows form becomes directories of the volume, then the host's. */
  private String searchPath(String value) {
    if (value.indexOf(';') < 0 && value.indexOf('\\') < 0) {
      return value;
    }
    return Stream.concat(
            Stream.of(value.split(";")).filter(e -> !e.isBlank()).map(e -> resolve(e).toString()),
            Stream.of(HOST_PATH))
        .collect(Collectors.joining(":"));
  }
}
