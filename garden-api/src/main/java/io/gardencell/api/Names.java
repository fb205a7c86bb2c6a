package io.gardencell.api;

import java.util.Locale;
import java.util.Set;

/** Which strings may name a container or a process: they become names of directories. */
final class Names {

  private static final int MAX_LENGTH = 200;
  private static final Set<String> DEVICES =
      Set.of(
          "con", "prn", "aux", "nul", "com0", "com1", "com2", "com3", "com4", "com5", "com6",
          "com7", "com8", "com9", "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7",
          "lpt8", "lpt9", "conin$", "conout$");

  private Names() {}

  static boolean isValid(String name) {
    if (name.isEmpty() || name.length() > MAX_LENGTH || name.endsWith(".") || name.endsWith(" ")) {
      return false;
    }
    if (name.chars().anyMatch(c -> c < 0x20 || c == 0x7f || "\\/:*?\"<>|".indexOf(c) >= 0)) {
      return false;
    }
    int dot = name.indexOf('.');
    String stem = (dot < 0 ? name : name.substring(0, dot)).strip().toLowerCase(Locale.ROOT);
    return !DEVICES.contains(stem);
  }
}
