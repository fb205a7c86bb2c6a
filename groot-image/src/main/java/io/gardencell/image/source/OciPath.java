package io.gardencell.image.source;

import io.gardencell.api.GardenException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Path and image name of an {@code oci:} URI.
 *
 * @param path directory of the layout
 * @param image name, {@code @index}, or empty
 */
public record OciPath(String path, String image) {

  private static final Pattern WINDOWS = Pattern.compile("^([a-zA-Z]:\\\\.+?):(.*)$");
  private static final Pattern NATIVE = Pattern.compile("^(/[^:]+):(.*)$");
  private static final Pattern NAME =
      Pattern.compile(
          "[A-Za-z0-9]+(?:(?:--|[-._:@+])[A-Za-z0-9]+)*(?:/[A-Za-z0-9]+(?:(?:--|[-._:@+])[A-Za-z0-9]+)*)*");

  /** How paths read on a host. */
  public enum Rules {
    /** Drives and backslashes. */
    WINDOWS,
    /** Slashes. */
    NATIVE
  }

  /** Splits the reference string, {@code "/" [+ "/" host] + path}. */
  public static OciPath parse(String reference, Rules rules) {
    String text = reference.startsWith("//") ? reference.substring(1) : reference;
    String full = rules == Rules.WINDOWS ? windows(text) : clean(text, '/');
    Matcher m = (rules == Rules.WINDOWS ? WINDOWS : NATIVE).matcher(full);
    if (!m.matches()) {
      return new OciPath(full, "");
    }
    String image = m.group(2);
    if (!image.isEmpty() && !image.startsWith("@") && !NAME.matcher(image).matches()) {
      throw GardenException.failure("parsing url failed: Invalid image " + image);
    }
    return new OciPath(m.group(1), image);
  }

  private static String windows(String text) {
    String rest = text.replace('/', '\\');
    while (rest.startsWith("\\")) {
      rest = rest.substring(1);
    }
    boolean drive = rest.matches("(?s)[a-zA-Z]:.*");
    return drive ? rest.substring(0, 2) + clean(rest.substring(2), '\\') : "C:" + clean(rest, '\\');
  }

  private static String clean(String path, char separator) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split(Pattern.quote(String.valueOf(separator)), -1)) {
      if (part.equals("..")) {
        parts.pollLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return separator + String.join(String.valueOf(separator), parts);
  }
}
