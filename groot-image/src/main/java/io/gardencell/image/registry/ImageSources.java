package io.gardencell.image.registry;

import io.gardencell.api.GardenException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Chooses the source of an image URI (Source: groot: cmd/fetcher.go). Any thread.
 *
 * @param windowsPaths whether {@code oci:} paths follow the rules of Windows
 * @param platform which instance of a manifest list is wanted
 * @param insecureRegistries {@code host[:port]} for which plain HTTP is a fallback
 */
public record ImageSources(
    boolean windowsPaths, Platform platform, Set<String> insecureRegistries) {

  private static final Pattern URI =
      Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?#]*))?([^?#]*)(?:[?#].*)?$");
  private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2}).{0,2}");

  public ImageSources {
    insecureRegistries = Set.copyOf(insecureRegistries);
  }

  /** The source of a URI. */
  public ImageSource of(String uri, String username, String password) {
    Matcher bad = BAD_ESCAPE.matcher(uri);
    if (bad.find()) {
      throw GardenException.failure(
          "parse \"" + uri + "\": invalid URL escape \"" + bad.group() + "\"");
    }
    Matcher m = URI.matcher(uri);
    if (!m.matches()) {
      return new TarFile(uri);
    }
    String scheme = m.group(1).toLowerCase(Locale.ROOT);
    String host = m.group(2) == null ? "" : m.group(2).replaceFirst("^[^@]*@", "");
    String reference =
        "/" + (host.isEmpty() ? "" : "/" + host) + (m.group(2) == null ? "" : decode(m.group(3)));
    switch (scheme) {
      case "oci" -> {
        OciPath path =
            OciPath.parse(reference, windowsPaths ? OciPath.Rules.WINDOWS : OciPath.Rules.NATIVE);
        return new OciLayout(Path.of(path.path()), path.image(), platform);
      }
      case "docker" -> {
        DockerReference docker = DockerReference.parse(reference);
        return new RegistrySource(
            docker, username, password, insecureRegistries.contains(host), platform);
      }
      default -> {
        return new TarFile(scheme + uri.substring(scheme.length()));
      }
    }
  }

  /** The built-in base image. */
  public ImageSource builtIn() {
    return new BuiltInBase();
  }

  private static String decode(String path) {
    return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
