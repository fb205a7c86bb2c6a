package io.gardencell.image.registry;

import io.gardencell.api.GardenException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** An image in a registry. Any thread. */
final class RegistrySource implements ImageSource {

  private static final int ATTEMPTS = 3;
  private static final Map<String, String> ACCEPT =
      Map.of(
          "Accept",
          String.join(
              ";",
              ManifestReader.OCI_MANIFEST,
              ManifestReader.DOCKER_MANIFEST,
              ManifestReader.DOCKER_LIST,
              ManifestReader.OCI_INDEX));

  private interface Step<T> {
    T run() throws IOException;
  }

  private final DockerReference reference;
  private final RegistryClient client;
  private final Platform platform;

  RegistrySource(
      DockerReference reference,
      String username,
      String password,
      boolean insecure,
      Platform platform) {
    this.reference = reference;
    this.client = new RegistryClient(reference, username, password, insecure);
    this.platform = platform;
  }

  @Override
  public boolean isRemote() {
    return true;
  }

  @Override
  public ImageDescription describe() throws IOException {
    try {
      return retried(this::read);
    } catch (IOException e) {
      throw new IOException("fetching image reference: creating image: " + e.getMessage(), e);
    }
  }

  private ImageDescription read() throws IOException {
    HttpResponse<InputStream> answer = client.get(manifestPath(reference.reference()), ACCEPT);
    byte[] manifest = manifest(answer, reference.reference());
    if (reference.reference().indexOf(':') > 0) {
      Digest wanted = Digest.parse(reference.reference());
      if (!wanted.over(manifest).equals(wanted)) {
        throw new IOException("Manifest does not match provided manifest digest " + wanted);
      }
    }
    String type = answer.headers().firstValue("Content-Type").orElse("").split(";", 2)[0].strip();
    return new ManifestReader(
            new ManifestReader.Documents() {
              @Override
              public byte[] manifest(Digest digest) throws IOException {
                return RegistrySource.this.manifest(
                    client.get(manifestPath(digest.toString()), ACCEPT), digest.toString());
              }

              @Override
              public byte[] config(Digest digest) throws IOException {
                return body(blob(digest.toString(), 0), ManifestReader.MAX_BYTES);
              }
            },
            platform)
        .read(manifest, type);
  }

  private String manifestPath(String what) {
    return "/v2/" + reference.name() + "/manifests/" + what;
  }

  private byte[] manifest(HttpResponse<InputStream> answer, String what) throws IOException {
    byte[] bytes = body(answer, ManifestReader.MAX_BYTES);
    if (answer.statusCode() != 200) {
      throw new IOException(
          "reading manifest %s in %s/%s: %s"
              .formatted(
                  what,
                  reference.domain(),
                  reference.name(),
                  RegistryErrors.text(answer.statusCode(), bytes)));
    }
    return bytes;
  }

  static byte[] body(HttpResponse<InputStream> answer, int limit) throws IOException {
    try (InputStream in = answer.body()) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw new IOException("exceeded maximum allowed size of " + limit + " bytes");
      }
      return bytes;
    }
  }

  private HttpResponse<InputStream> blob(String digest, long offset) throws IOException {
    HttpResponse<InputStream> answer =
        client.get(
            "/v2/" + reference.name() + "/blobs/" + digest,
            offset == 0 ? Map.of() : Map.of("Range", "bytes=" + offset + "-"));
    int status = answer.statusCode();
    if (status != (offset == 0 ? 200 : 206)) {
      throw new IOException("fetching blob: " + RegistryErrors.text(status, body(answer, 65536)));
    }
    String range = answer.headers().firstValue("Content-Range").orElse("");
    if (offset > 0 && !range.startsWith("bytes " + offset + "-")) {
      answer.body().close();
      throw new IOException(
          "fetching blob: Content-Range '" + range + "' (expected: from byte " + offset + ")");
    }
    return answer;
  }

  @Override
  public InputStream open(LayerInfo layer) throws IOException {
    boolean foreign = false;
    String last = "";
    for (String url : layer.urls()) {
      if (!url.startsWith("https://") && !url.startsWith("http://")) {
        continue;
      }
      foreign = true;
      HttpResponse<InputStream> answer = client.getForeign(URI.create(url));
      if (answer.statusCode() == 200) {
        return answer.body();
      }
      answer.body().close();
      last =
          "error fetching external blob from \"%s\": received unexpected HTTP status: %d"
              .formatted(url, answer.statusCode());
    }
    if (foreign) {
      throw new IOException("failed fetching external blob from all urls: " + last);
    }
    InputStream first = retried(() -> blob(layer.blobId(), 0)).body();
    return new ResumingBlob(first, layer.size(), offset -> blob(layer.blobId(), offset).body());
  }

  private static <T> T retried(Step<T> step) throws IOException {
    IOException last = new IOException("no attempt");
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(250L << attempt));
      }
      try {
        return step.run();
      } catch (IOException e) {
        last = e;
      } catch (GardenException e) {
        throw new IOException(String.valueOf(e.getMessage()), e);
      }
    }
    throw last;
  }
}
