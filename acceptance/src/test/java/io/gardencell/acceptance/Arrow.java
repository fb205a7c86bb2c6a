package io.gardencell.acceptance;

import java.util.Locale;

/**
 * A dependency of one package on another, able to write itself as two small Java sources.
 *
 * @param from package of the class that depends
 * @param to package of the class depended on, or that class itself if it is the JDK's
 */
record Arrow(String from, String to) {

  /** Reads {@code "hcs > com.sun.jna"}; a package that is not a library's lies below our root. */
  static Arrow parse(String text) {
    String[] ends = text.split(" > ", -1);
    if (ends.length != 2) {
      throw new IllegalArgumentException("arrow: " + text + " (expected: from > to)");
    }
    return new Arrow(qualified(ends[0]), qualified(ends[1]));
  }

  private static String qualified(String name) {
    return name.startsWith("com.sun.jna") || name.startsWith("io.netty") || isOfTheJdk(name)
        ? name
        : "io.gardencell." + name;
  }

  private static boolean isOfTheJdk(String name) {
    return name.startsWith("java.");
  }

  /** Whether the class depended on is there anyhow. */
  boolean needsNoTarget() {
    return isOfTheJdk(to);
  }

  /** Full name of the class that depends. */
  String user() {
    return from + ".Uses_" + to.replace('.', '_').toLowerCase(Locale.ROOT);
  }

  String userSource() {
    String simpleName = user().substring(from.length() + 1);
    return "package " + from + "; public class " + simpleName + " { " + target() + " field; }";
  }

  /** Full name of the class depended on. */
  String target() {
    return needsNoTarget() ? to : to + ".Target";
  }

  String targetSource() {
    return "package " + to + "; public class Target {}";
  }
}
