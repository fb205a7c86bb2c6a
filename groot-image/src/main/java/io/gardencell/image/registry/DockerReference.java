package io.gardencell.image.registry;

import io.gardencell.api.GardenException;
import io.gardencell.image.source.Digest;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An image in a registry (Source: distribution/reference).
 *
 * @param domain as written, {@code docker.io} by default
 * @param name path of the repository
 * @param reference tag or digest
 */
record DockerReference(String domain, String name, String reference) {

  private static final String PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
  private static final Pattern NAME = Pattern.compile(PART + "(?:/" + PART + ")*");
  private static final Pattern TAG = Pattern.compile("\\w[\\w.-]{0,127}");

  static DockerReference parse(String text) {
    if (!text.startsWith("//")) {
      throw failure("docker: image reference " + text + " does not start with //");
    }
    String rest = text.substring(2);
    String reference = "latest";
    int at = rest.indexOf('@');
    String digest = at < 0 ? "" : rest.substring(at + 1);
    if (at >= 0) {
      reference = digest(digest);
      rest = rest.substring(0, at);
    }
    int colon = rest.lastIndexOf(':');
    if (colon > rest.lastIndexOf('/')) {
      if (at >= 0) {
        throw failure("Docker references with both a tag and digest are currently not supported");
      }
      reference = rest.substring(colon + 1);
      rest = rest.substring(0, colon);
      if (!TAG.matcher(reference).matches()) {
        throw failure("invalid reference format");
      }
    }
    String domain = "docker.io";
    int slash = rest.indexOf('/');
    String first = slash < 0 ? "" : rest.substring(0, slash);
    if (first.contains(".") || first.contains(":") || first.equals("localhost")) {
      domain = first.equals("index.docker.io") ? "docker.io" : first;
      rest = rest.substring(slash + 1);
    }
    if (domain.equals("docker.io") && !rest.contains("/")) {
      rest = "library/" + rest;
    }
    return new DockerReference(domain, name(rest), reference);
  }

  private static String name(String name) {
    if (name.matches("(?:library/)?[0-9a-f]{64}")) {
      throw failure(
          "invalid repository name ("
              + name.substring(name.length() - 64)
              + "), cannot specify 64-byte hexadecimal strings");
    }
    if (NAME.matcher(name).matches() && name.length() <= 255) {
      return name;
    }
    boolean upper = NAME.matcher(name.toLowerCase(Locale.ROOT)).matches() && name.length() <= 255;
    throw failure(
        "invalid reference format" + (upper ? ": repository name must be lowercase" : ""));
  }

  private static String digest(String text) {
    try {
      return Digest.parse(text).toString();
    } catch (GardenException e) {
      throw failure("invalid reference format");
    }
  }

  private static GardenException failure(String text) {
    return GardenException.failure("parsing url failed: " + text);
  }

  /** Whether it names a manifest by digest. */
  boolean isPinned() {
    return reference.indexOf(':') > 0;
  }

  String registry() {
    return domain.equals("docker.io") ? "registry-1.docker.io" : domain;
  }
}
