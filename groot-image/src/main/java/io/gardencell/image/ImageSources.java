package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.image.registry.ForeignLayers;
import io.gardencell.image.registry.RegistrySource;
import io.gardencell.image.source.ImageDescription;
import io.gardencell.image.source.ImageSource;
import io.gardencell.image.source.LayerInfo;
import io.gardencell.image.source.ManifestReader;
import io.gardencell.image.source.OciLayout;
import io.gardencell.image.source.OciPath;
import io.gardencell.image.source.PlainDirectory;
import io.gardencell.image.source.Platform;
import io.gardencell.image.source.TarFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses the source of an image URI (Source: groot: cmd/fetcher.go). Any thread.
 *
 * @param windowsPaths whether {@code oci:} paths follow the rules of Windows
 * @param platform which instance of a manifest list is wanted
 * @param insecureRegistries {@code host[:port]} for which plain HTTP is a fallback
 */
record ImageSources(boolean windowsPaths, Platform platform, Set<String> insecureRegistries) {

  private static final Logger log = LoggerFactory.getLogger(ImageSources.class);
  private static final Pattern URI =
      Pattern.compile("^([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?#]*))?([^?#]*)(?:[?#].*)?$");
  private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2}).{0,2}");

  ImageSources {
    insecureRegistries = Set.copyOf(insecureRegistries);
  }

  static void checkEscapes(String uri) {
    Matcher bad = BAD_ESCAPE.matcher(uri);
    if (bad.find()) {
      throw GardenException.failure(
          "parse \"" + uri + "\": invalid URL escape \"" + bad.group() + "\"");
    }
  }

  /** The source of a URI. */
  ImageSource of(String uri, String username, String password) {
    checkEscapes(uri);
    Matcher m = URI.matcher(uri);
    if (!m.matches()) {
      return local(uri);
    }
    String scheme = m.group(1).toLowerCase(Locale.ROOT);
    String host = m.group(2) == null ? "" : m.group(2).replaceFirst("^[^@]*@", "");
    String reference =
        "/" + (host.isEmpty() ? "" : "/" + host) + (m.group(2) == null ? "" : decode(m.group(3)));
    try {
      switch (scheme) {
        case "oci" -> {
          OciPath.Rules rules = windowsPaths ? OciPath.Rules.WINDOWS : OciPath.Rules.NATIVE;
          return OciLayout.of(OciPath.parse(reference, rules), platform, ImageSources::foreign);
        }
        case "docker" -> {
          boolean insecure = insecureRegistries.contains(host);
          return RegistrySource.of(reference, username, password, insecure, platform);
        }
        default -> {
          return local(scheme + uri.substring(scheme.length()));
        }
      }
    } catch (GardenException e) {
      return new Unreadable(ManifestReader.CREATING + ": " + e.getMessage());
    }
  }

  /** A directory of files, or what is told of as a tar file, even if there is none. */
  private ImageSource local(String path) {
    try {
      Path file = Path.of(path);
      if (!path.isEmpty() && PlainDirectory.isOne(file)) {
        return new PlainDirectory(file, windowsPaths);
      }
    } catch (InvalidPathException | IOException e) {
      log.atDebug().addKeyValue("path", path).setCause(e).log("path is no directory to read");
    }
    return new TarFile(path);
  }

  /** Layouts are made without the layers that may not be passed on. */
  private static Optional<InputStream> foreign(LayerInfo layer) throws IOException {
    return ForeignLayers.isForeign(layer)
        ? Optional.of(ForeignLayers.overHttp().open(layer))
        : Optional.empty();
  }

  /** A reference that cannot be read; told when the image is described, as the reference does. */
  private record Unreadable(String reason) implements ImageSource {
    @Override
    public ImageDescription describe() throws IOException {
      throw new IOException(reason);
    }

    @Override
    public InputStream open(LayerInfo layer) throws IOException {
      throw new IOException(reason);
    }
  }

  private static String decode(String path) {
    return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
