package io.gardencell.image.registry;

import io.gardencell.image.source.Digest;
import io.gardencell.image.source.ImageDescription;
import io.gardencell.image.source.ImageSource;
import io.gardencell.image.source.LayerInfo;
import io.gardencell.image.source.ManifestReader;
import io.gardencell.image.source.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An image in a registry (Source: containers/image: docker/docker_image_src.go). Any thread. */
public final class RegistrySource implements ImageSource {

  private static final Logger log = LoggerFactory.getLogger(RegistrySource.class);
  private static final Map<String, List<String>> ACCEPT =
      Map.of(
          "Accept",
          List.of(
              ManifestReader.OCI_MANIFEST,
              ManifestReader.DOCKER_MANIFEST,
              "application/vnd.docker.distribution.manifest.v1+prettyjws",
              "application/vnd.docker.distribution.manifest.v1+json",
              ManifestReader.DOCKER_LIST,
              ManifestReader.OCI_INDEX));

  private final DockerReference reference;
  private final HttpTransport http;
  private final ForeignLayers foreign;
  private final RegistryClient client;
  private final Retries retries;
  private final Platform platform;

  RegistrySource(
      DockerReference reference,
      String username,
      String password,
      boolean insecure,
      Platform platform,
      HttpTransport http) {
    this.reference = reference;
    this.platform = platform;
    this.http = http;
    this.foreign = new ForeignLayers(http);
    String scope = "repository:" + reference.name() + ":pull";
    this.client =
        new RegistryClient(
            reference.registry(),
            insecure,
            http,
            new RegistryLogin(http, scope, username, password, insecure));
    this.retries = new Retries(http.pause());
  }

  /**
   * An image by its reference, {@code //[domain/]path[:tag][@digest]}.
   *
   * @param username empty for none
   * @param password empty for none; never logged
   * @param insecure whether plain HTTP and any certificate will do
   */
  public static RegistrySource of(
      String reference, String username, String password, boolean insecure, Platform platform) {
    return new RegistrySource(
        DockerReference.parse(reference),
        username,
        password,
        insecure,
        platform,
        HttpTransport.real(insecure));
  }

  @Override
  public boolean isRemote() {
    return true;
  }

  @Override
  public ImageDescription describe() throws IOException {
    ManifestReader reader =
        new ManifestReader(
            new ManifestReader.Documents() {
              @Override
              public byte[] manifest(Digest digest) throws IOException {
                return retries.run("manifest", () -> manifestNamed(digest.toString()).bytes());
              }

              @Override
              public byte[] config(Digest digest) throws IOException {
                return retries.run("config", () -> open(digest, 0).read(ManifestReader.MAX_BYTES));
              }
            },
            platform);
    Manifest manifest;
    try {
      manifest = retries.run("manifest", () -> manifestNamed(reference.reference()));
    } catch (RegistryException e) {
      throw e.within(ManifestReader.CREATING_SOURCE);
    }
    checkDigest(manifest);
    return reader.read(manifest.bytes(), manifest.mediaType());
  }

  private record Manifest(byte[] bytes, String mediaType, String digest) {}

  private Manifest manifestNamed(String name) throws IOException {
    HttpAnswer answer = client.get("/v2/" + reference.name() + "/manifests/" + name, ACCEPT);
    if (answer.status() != 200) {
      throw RegistryErrors.of(
          answer,
          "reading manifest %s in %s/%s".formatted(name, reference.domain(), reference.name()));
    }
    answer
        .headers("Warning")
        .forEach(w -> log.atWarn().addKeyValue("text", w).log("warning of the registry"));
    return new Manifest(
        answer.read(ManifestReader.MAX_BYTES),
        answer.header("Content-Type").split(";", 2)[0].strip(),
        answer.header("Docker-Content-Digest"));
  }

  /** A pinned digest must fit; what a registry says of a tag only should. */
  private void checkDigest(Manifest manifest) throws IOException {
    if (reference.isPinned()) {
      Digest wanted = Digest.parse(reference.reference());
      if (!wanted.over(manifest.bytes()).equals(wanted)) {
        throw new IOException("Manifest does not match provided manifest digest " + wanted);
      }
    } else if (manifest.digest().startsWith("sha256:")
        && !manifest.digest().equals(Digest.sha256(manifest.bytes()).toString())) {
      log.atWarn()
          .addKeyValue("told", manifest.digest())
          .addKeyValue("actual", Digest.sha256(manifest.bytes()))
          .log("manifest has another digest than the registry says");
    }
  }

  private HttpAnswer open(Digest digest, long offset) throws IOException {
    HttpAnswer answer =
        client.get("/v2/" + reference.name() + "/blobs/" + digest, ContentRange.header(offset));
    if (answer.status() != 206 && answer.status() != 200) {
      throw RegistryErrors.of(answer, "fetching blob");
    }
    return ContentRange.checked(answer, offset);
  }

  @Override
  public InputStream open(LayerInfo layer) throws IOException {
    if (ForeignLayers.isForeign(layer)) {
      return foreign.open(layer);
    }
    Digest digest = Digest.parse(layer.blobId());
    return ResumingBlob.open(layer, retries, http.pause(), offset -> open(digest, offset));
  }
}
