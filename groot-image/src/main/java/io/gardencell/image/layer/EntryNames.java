package io.gardencell.image.layer;

import io.gardencell.api.GardenException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.jspecify.annotations.Nullable;

/**
 * Turns names of a tar into names for the host, and refuses those that lead out of the layer, that
 * Windows has no file for, or that differ from another only in case. One layer, one thread.
 *
 * <p>A layer whose first entry is not {@code Files}, {@code Hives} or {@code UtilityVM} was made on
 * Linux: where that is allowed, all its names are put below {@code Files}, and Linux says what a
 * name may be.
 */
final class EntryNames {

  /**
   * Characters of names that are kept until the layer is finished, those of directories and links.
   */
  static final int MAX_KEPT = 64 << 20;

  private static final int MAX_NAME = 32 * 1024;
  private static final int MAX_ELEMENT = 255;

  /** Win32 opens a device for these, whatever directory and suffix they have. */
  private static final Pattern DEVICE =
      Pattern.compile(
          "(con|prn|aux|nul|conin\\$|conout\\$|(com|lpt)[1-9\u00b9\u00b2\u00b3])([ .:].*)?");

  private static final Pattern ILLEGAL = Pattern.compile("[\\x00-\\x1f<>:\"|?*]");

  private final boolean linuxLayers;
  private final NameSet taken = new NameSet();
  private long kept;
  private @Nullable Boolean madeOnLinux;

  EntryNames(boolean linuxLayers) {
    this.linuxLayers = linuxLayers;
  }

  boolean isLinux() {
    return Boolean.TRUE.equals(madeOnLinux);
  }

  /** The entry's own name for the writer; empty for the top of the tree. */
  String of(TarArchiveEntry entry) {
    return checked(entry.getName(), trimmed(entry.getName()));
  }

  /** The name of the file that a hard link names. */
  String linked(TarArchiveEntry entry) {
    String target = entry.getLinkName();
    boolean rooted = linuxLayers && target.startsWith("/");
    String name = trimmed(rooted ? target.substring(1) : target); // as some builders write them
    return checked(target, name);
  }

  /**
   * A name for which a file, directory or link is made: nothing else of the layer may have it.
   *
   * @param given as in the archive
   */
  void take(String given, String name) {
    if (!isLinux() && !taken.add(name)) {
      throw invalid(given, " (there already, or differs from another one only in case)");
    }
  }

  /** Counts a name that stays in memory. */
  void keep(String name) {
    kept += name.length();
    if (kept > MAX_KEPT) {
      throw GardenException.failure(
          "names of directories and links: more than " + MAX_KEPT + " characters");
    }
  }

  private static String trimmed(String given) {
    int start = 0;
    int end = given.length();
    while (given.startsWith("./", start)) {
      start += 2;
    }
    while (end > start && given.charAt(end - 1) == '/') {
      end--;
    }
    String name = given.substring(start, Math.max(start, end));
    return name.equals(".") ? "" : name;
  }

  private String checked(String given, String name) {
    if (name.isEmpty()) {
      return "";
    }
    if (name.length() > MAX_NAME) {
      throw GardenException.failure(
          "entry name: %d characters (expected: <= %d)".formatted(name.length(), MAX_NAME));
    }
    if (madeOnLinux == null) {
      String first = name.split("/", 2)[0];
      madeOnLinux = linuxLayers && !List.of("Files", "Hives", UtilityVm.ROOT).contains(first);
    }
    for (String element : name.split("[/\\\\]", -1)) {
      checkElement(given, element);
    }
    return (isLinux() ? "Files/" : "").concat(name).replace('/', '\\');
  }

  /** Refuses an element of a path that is none, or none that Windows could have. */
  void checkElement(String given, String element) {
    if (element.isEmpty()
        || element.equals(".")
        || element.equals("..")
        || element.chars().anyMatch(c -> c == ':' || c == '/' || c == '\\')
        || element.indexOf('\0') >= 0) {
      throw invalid(given, "");
    }
    if (isLinux()) {
      return;
    }
    if (ILLEGAL.matcher(element).find()) {
      throw invalid(given, " (a character that Windows does not allow)");
    }
    if (element.endsWith(".") || element.endsWith(" ")) {
      throw invalid(given, " (Windows drops a dot or space at the end)");
    }
    if (element.length() > MAX_ELEMENT) {
      throw invalid(given, " (an element of more than " + MAX_ELEMENT + " characters)");
    }
    if (DEVICE.matcher(element.toLowerCase(Locale.ROOT)).matches()) {
      throw invalid(given, " (reserved for a device of Windows)");
    }
  }

  /** Control characters would reach terminals and logs. */
  private static GardenException invalid(String given, String reason) {
    StringBuilder text = new StringBuilder();
    for (char c : given.toCharArray()) {
      text.append(Character.isISOControl(c) ? "\\u%04x".formatted((int) c) : String.valueOf(c));
    }
    return GardenException.failure("invalid entry name: '" + text + "'" + reason);
  }
}
