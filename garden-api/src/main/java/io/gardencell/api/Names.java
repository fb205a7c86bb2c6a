package io.gardencell.api;

import java.util.Locale;
import java.util.Set;

/** Which strings may name a container or a process: they become names of directories. */
final class Names {

  private static final int MAX_LENGTH = 200;
  private static final int MAX_SHOWN = 250;
  private static final Set<String> DEVICES =
      Set.of(
          "con",
          "prn",
          "aux",
          "nul",
          "com0",
          "com1",
          "com2",
          "com3",
          "com4",
          "com5",
          "com6",
          "com7",
          "com8",
          "com9",
          "lpt0",
          "lpt1",
          "lpt2",
          "lpt3",
          "lpt4",
          "lpt5",
          "lpt6",
          "lpt7",
          "lpt8",
          "lpt9",
          "com\u00b9",
          "com\u00b2",
          "com\u00b3",
          "lpt\u00b9",
          "lpt\u00b2",
          "lpt\u00b3",
          "conin$",
          "conout$");

  private Names() {}

  /**
   * The form that is equal for names NTFS takes for the same. It folds each character for itself
   * and upper-cases first: both lower-case sigmas are one letter to NTFS.
   */
  static String key(String name) {
    StringBuilder key = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      key.append(Character.toLowerCase(Character.toUpperCase(name.charAt(i))));
    }
    return key.toString();
  }

  /** The name as an error message shows it: whole, unless it is absurdly long. */
  static String shown(String name) {
    return name.length() <= MAX_SHOWN ? name : name.substring(0, MAX_SHOWN) + "...";
  }

  static boolean isValid(String name) {
    if (name.isEmpty() || name.length() > MAX_LENGTH || name.endsWith(".") || name.endsWith(" ")) {
      return false;
    }
    if (name.chars().anyMatch(c -> c < 0x20 || c == 0x7f || "\\/:*?\"<>|".indexOf(c) >= 0)) {
      return false;
    }
    if (!name.equals(WireText.wellFormed(name))) {
      return false;
    }
    int dot = name.indexOf('.');
    String stem = (dot < 0 ? name : name.substring(0, dot)).strip().toLowerCase(Locale.ROOT);
    return !DEVICES.contains(stem);
  }
}
