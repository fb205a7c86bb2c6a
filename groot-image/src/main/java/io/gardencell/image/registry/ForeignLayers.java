package io.gardencell.image.registry;

import io.gardencell.image.source.LayerInfo;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;

/**
 * Layers that are fetched from where their manifest says, without credentials (Source:
 * containers/image: docker/docker_image_src.go). Any thread.
 */
public final class ForeignLayers {

  private final HttpTransport http;
  private final Retries retries;

  ForeignLayers(HttpTransport http) {
    this.http = http;
    this.retries = new Retries(http.pause());
  }

  /** For images whose other layers do not come from a registry. */
  public static ForeignLayers overHttp() {
    return new ForeignLayers(HttpTransport.real(false));
  }

  /** Whether there is an address to fetch the layer from. */
  public static boolean isForeign(LayerInfo layer) {
    return !addresses(layer).isEmpty();
  }

  private static List<String> addresses(LayerInfo layer) {
    return layer.urls().stream()
        .filter(u -> u.startsWith("https://") || u.startsWith("http://"))
        .toList();
  }

  /** The stored bytes of a foreign layer, from the first address that has them. */
  public InputStream open(LayerInfo layer) throws IOException {
    IOException last = new IOException("no url");
    for (String url : addresses(layer)) {
      try {
        URI address = URI.create(url);
        return ResumingBlob.open(layer, retries, http.pause(), offset -> get(address, offset));
      } catch (RegistryException e) {
        last = e;
      } catch (IllegalArgumentException e) {
        last = new IOException("url '" + url + "' (expected: an http or https URL)", e);
      }
    }
    throw new IOException(
        "failed fetching external blob from all urls: " + last.getMessage(), last);
  }

  private HttpAnswer get(URI address, long offset) throws IOException {
    HttpAnswer answer = http.get(address, ContentRange.header(offset), null);
    if (answer.status() != (offset == 0 ? 200 : 206)) {
      answer.close();
      throw RegistryException.ofStatus(
          answer.status(),
          "error fetching external blob from \"%s\": received unexpected HTTP status: %s"
              .formatted(address, RegistryErrors.statusLine(answer.status())));
    }
    return ContentRange.checked(answer, offset);
  }
}
