package io.gardencell.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.gardencell.image.registry.ImageFixture.Layer;
import io.gardencell.image.registry.ScriptedRegistry.Asked;
import io.gardencell.image.source.Digest;
import io.gardencell.image.source.ImageDescription;
import io.gardencell.image.source.LayerInfo;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistrySourceTest extends RegistryTestCase {

  private static final String PLAIN = "application/vnd.oci.image.layer.v1.tar";

  // groot-image.md §23 cases 45 and 56: what is asked, in which order, with which headers
  @Test
  void asksForPingManifestConfigAndLayers() throws Exception {
    byte[] one = ImageFixture.noise(100);
    byte[] two = ImageFixture.noise(200);
    Layer plain = new Layer(two, two, PLAIN, "");
    ImageFixture.publish(registry, List.of(Layer.gzip(one), plain));

    assertThat(pull(image())).containsExactly(one, two);

    assertThat(registry.paths())
        .containsExactly(
            "/v2/",
            "/v2/a/b/manifests/latest",
            "/v2/a/b/blobs/" + Digest.sha256(ImageFixture.config(List.of(Layer.gzip(one), plain))),
            "/v2/a/b/blobs/" + Digest.sha256(ImageFixture.gzip(one)),
            "/v2/a/b/blobs/" + Digest.sha256(two));
    Asked manifest = registry.log.get(1);
    assertThat(manifest.all("Accept"))
        .containsExactly(
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.v2+json",
            "application/vnd.docker.distribution.manifest.v1+prettyjws",
            "application/vnd.docker.distribution.manifest.v1+json",
            "application/vnd.docker.distribution.manifest.list.v2+json",
            "application/vnd.oci.image.index.v1+json");
  }

  // groot-image.md §23 case 42
  @Test
  void speaksPlainHttpOnlyToRegistriesThatAreListed() throws Exception {
    ImageFixture.publish(registry, List.of());

    assertThatThrownBy(() -> source("//" + registry.host() + "/a/b", false).describe())
        .hasMessage(
            "fetching image reference: creating image: creating image source: pinging container"
                + " registry %1$s: Get \"https://%1$s/v2/\": http: server gave HTTP response to"
                    .formatted(registry.host())
                + " HTTPS client");
    assertThat(registry.log).isEmpty();

    assertThat(image().describe().env()).containsExactly("A=1");
  }

  // groot-image.md §23 case 43
  @Test
  void takesASelfSignedCertificateOnlyFromRegistriesThatAreListed(@TempDir Path directory)
      throws Exception {
    ServerSocket socket =
        selfSigned(directory)
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    try (ScriptedRegistry tls = new ScriptedRegistry(socket)) {
      ImageFixture.publish(tls, List.of());

      assertThatThrownBy(() -> source("//" + tls.host() + "/a/b", false).describe())
          .hasMessageContaining("pinging container registry " + tls.host())
          .hasMessageContaining("certification path");
      assertThat(tls.log).isEmpty();

      assertThat(source("//" + tls.host() + "/a/b", true).describe().env()).containsExactly("A=1");
    }
  }

  private static SSLContext selfSigned(Path directory) throws Exception {
    Path store = directory.resolve("key.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "a",
                "-keyalg",
                "EC",
                "-dname",
                "CN=nobody",
                "-storetype",
                "PKCS12",
                "-storepass",
                "secret",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "secret".toCharArray());
    }
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(keys, "secret".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  // groot-image.md §23 case 44
  @Test
  void saysThatThePingFailed() {
    registry.script("/v2/", ScriptedRegistry.status(500, 99));

    assertThatThrownBy(() -> pull(image()))
        .hasMessageEndingWith(
            "pinging container registry "
                + registry.host()
                + ": received unexpected HTTP status: 500 Internal Server Error");
  }

  // groot-image.md §23 case 45
  @Test
  void wordsTheRefusalOfAManifest() {
    String path = "/v2/a/b/manifests/latest";
    String start =
        "fetching image reference: creating image: creating image source: reading manifest latest"
            + " in "
            + registry.host()
            + "/a/b: ";
    registry.script(
        path,
        ScriptedRegistry.status(
            404,
            99,
            "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest"
                + " unknown\",\"detail\":{\"Tag\":\"x\"}}]}",
            e -> {}));
    assertThatThrownBy(() -> image().describe()).hasMessage(start + "manifest unknown");

    registry.script(
        path, ScriptedRegistry.status(403, 99, "{\"errors\":[{\"code\":\"DENIED\"}]}", e -> {}));
    assertThatThrownBy(() -> image().describe()).hasMessage(start + "denied");

    registry.script(path, ScriptedRegistry.status(500, 99));
    assertThatThrownBy(() -> image().describe())
        .hasMessage(start + "received unexpected HTTP status: 500 Internal Server Error");
  }

  // groot-image.md §23 case 46
  @Test
  void triesAnOddAnswerThriceAndNoOftener() throws Exception {
    ImageFixture.publish(registry, List.of());
    registry.script("/v2/a/b/manifests/latest", ScriptedRegistry.status(418, 2));
    image().describe();
    assertThat(registry.asked("/manifests/")).hasSize(3);
    assertThat(pauses).isEmpty();

    registry.script("/v2/a/b/manifests/latest", ScriptedRegistry.status(418, 99));
    assertThatThrownBy(() -> image().describe()).hasMessageContaining("StatusCode: 418");
    assertThat(registry.asked("/manifests/")).hasSize(6);
  }

  @Test
  void waitsLongerAndLongerForABrokenServer() throws Exception {
    ImageFixture.publish(registry, List.of());
    registry.script("/v2/a/b/manifests/latest", ScriptedRegistry.status(503, 3));

    image().describe();

    assertThat(pauses).extracting(p -> p.toSeconds()).containsExactly(1L, 2L, 4L);
  }

  // groot-image.md §23 case 47
  @Test
  void waitsAsLongAsTheRegistryAsksButAMinuteAtMost() throws Exception {
    ImageFixture.publish(registry, List.of());
    registry.script(
        "/v2/a/b/manifests/latest",
        (exchange, time) -> {
          if (time > 3) {
            return false;
          }
          exchange.add("Retry-After", time == 1 ? "1" : time == 2 ? "7200" : "?");
          exchange.send(429, "");
          return true;
        });

    image().describe();

    assertThat(pauses).extracting(p -> p.toSeconds()).containsExactly(1L, 60L, 8L);
  }

  @Test
  void givesUpAfterFiveRefusalsForTooManyRequests() {
    registry.script(
        "/v2/a/b/manifests/latest",
        ScriptedRegistry.status(429, 99, "{\"details\":\"pull rate\"}", e -> {}));

    assertThatThrownBy(() -> image().describe()).hasMessageEndingWith("toomanyrequests: pull rate");
    assertThat(registry.asked("/manifests/")).hasSize(5);
  }

  // groot-image.md §23 case 48
  @Test
  void wordsTheRefusalOfABlob() throws Exception {
    Layer layer = Layer.gzip(ImageFixture.noise(10));
    ImageFixture.publish(registry, List.of(layer));
    String path = "/v2/a/b/blobs/" + Digest.sha256(layer.stored());
    String error =
        "{\"errors\":[{\"code\":\"BLOB_UNKNOWN\",\"message\":\"blob unknown to"
            + " registry\",\"detail\":%s}]}";
    registry.script(path, ScriptedRegistry.status(404, 99, error.formatted("{\"a\":1}"), e -> {}));
    assertThatThrownBy(() -> pull(image())).hasMessage("fetching blob: blob unknown to registry");

    registry.script(path, ScriptedRegistry.status(404, 99, error.formatted("null"), e -> {}));
    assertThatThrownBy(() -> pull(image())).hasMessage("fetching blob: blob unknown");
  }

  // groot-image.md §23 case 49
  @Test
  void triesABlobAgain() throws Exception {
    Layer layer = Layer.gzip(ImageFixture.noise(10));
    ImageFixture.publish(registry, List.of(layer));
    registry.script(
        "/v2/a/b/blobs/" + Digest.sha256(layer.stored()), ScriptedRegistry.status(500, 2));

    assertThat(pull(image())).containsExactly(layer.plain());
  }

  // groot-image.md §23 case 50
  @Test
  void goesOnWhereTheConnectionBroke() throws Exception {
    Layer layer = new Layer(ImageFixture.noise(6 << 20), ImageFixture.noise(6 << 20), PLAIN, "");
    ImageFixture.publish(registry, List.of(layer));
    String path = "/v2/a/b/blobs/" + Digest.sha256(layer.stored());
    registry.script(path, ScriptedRegistry.cutAfter(layer.stored(), 2 << 20, 2));

    assertThat(pull(image())).containsExactly(layer.plain());

    assertThat(registry.asked(path))
        .extracting(a -> a.header("Range"))
        .containsExactly("", "bytes=" + (2 << 20) + "-", "bytes=" + (4 << 20) + "-");
  }

  // groot-image.md §23 case 50
  @Test
  void refusesToGoOnWhereTheRegistryIgnoresTheRange() throws Exception {
    Layer layer = new Layer(ImageFixture.noise(3 << 20), ImageFixture.noise(3 << 20), PLAIN, "");
    ImageFixture.publish(registry, List.of(layer));
    String path = "/v2/a/b/blobs/" + Digest.sha256(layer.stored());
    registry.script(
        path,
        (exchange, time) -> {
          exchange.ignoreRange();
          return time == 1
              ? ScriptedRegistry.cutAfter(layer.stored(), 2 << 20, 1).answer(exchange, 1)
              : false;
        });

    assertThatThrownBy(() -> pull(image()))
        .hasMessageContaining("expected: bytes from " + (2 << 20));
  }

  @Test
  void givesUpWhenConnectionsBringNothingAnyMore() throws Exception {
    Layer layer = new Layer(ImageFixture.noise(1 << 20), ImageFixture.noise(1 << 20), PLAIN, "");
    ImageFixture.publish(registry, List.of(layer));
    String path = "/v2/a/b/blobs/" + Digest.sha256(layer.stored());
    registry.script(path, ScriptedRegistry.cutAfter(layer.stored(), 10, 99));

    assertThatThrownBy(() -> pull(image())).hasMessageContaining("EOF");
    assertThat(registry.asked(path)).hasSizeBetween(2, 8);
  }

  @Test
  void givesUpOnARegistryThatFallsSilent() throws Exception {
    Layer layer = new Layer(ImageFixture.noise(1 << 20), ImageFixture.noise(1 << 20), PLAIN, "");
    ImageFixture.publish(registry, List.of(layer));
    silence = java.time.Duration.ofSeconds(1);
    java.util.concurrent.CountDownLatch done = new java.util.concurrent.CountDownLatch(1);
    registry.script(
        "/v2/a/b/blobs/" + Digest.sha256(layer.stored()),
        (exchange, time) -> {
          exchange.sendContent(layer.stored(), 1000);
          try {
            done.await(30, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return true;
        });

    try {
      RegistrySource source = image();
      LayerInfo info = source.describe().layers().get(0);
      try (InputStream in = source.open(info)) {
        assertThatThrownBy(in::readAllBytes).hasMessageContaining("no data for 1 s");
      }
    } finally {
      done.countDown();
    }
  }

  // groot-image.md §23 case 52
  @Test
  void refusesABlobOfAnotherSize() throws Exception {
    Layer layer = Layer.gzip(ImageFixture.noise(100));
    ImageFixture.publish(registry, List.of(layer));
    registry.content(
        "/v2/a/b/blobs/" + Digest.sha256(layer.stored()), ImageFixture.noise(99), "x/y");

    assertThatThrownBy(() -> pull(image()))
        .hasMessageEndingWith("layer size is different from the value in the manifest");
  }

  // groot-image.md §23 case 53
  @Test
  void refusesABlobWithOtherBytes() throws Exception {
    byte[] plain = ImageFixture.noise(100);
    Layer layer = new Layer(plain, plain, PLAIN, "");
    ImageFixture.publish(registry, List.of(layer));
    byte[] other = ImageFixture.noise(101);
    registry.content(
        "/v2/a/b/blobs/" + Digest.sha256(plain), java.util.Arrays.copyOf(other, 100), "x/y");

    assertThatThrownBy(() -> pull(image()))
        .hasMessageContaining("layerID digest mismatch: expected: " + Digest.sha256(plain).hex());
  }

  // groot-image.md §23 case 57
  @Test
  void unpacksZstd() throws Exception {
    byte[] plain = ImageFixture.noise(70_000);
    ImageFixture.publish(
        registry, List.of(new Layer(plain, Zstd.compress(plain), PLAIN + "+zstd", "")));

    assertThat(pull(image())).containsExactly(plain);
  }

  // groot-image.md §23 case 59
  @Test
  void takesAChunkedAnswer() throws Exception {
    Layer layer = Layer.gzip(ImageFixture.noise(50_000));
    ImageFixture.publish(registry, List.of(layer));
    registry.script(
        "/v2/a/b/blobs/" + Digest.sha256(layer.stored()),
        (exchange, time) -> {
          int length = layer.stored().length;
          exchange.add("Transfer-Encoding", "chunked").begin(200, -1);
          exchange.write(ImageFixture.utf8(Integer.toHexString(length) + "\r\n"));
          exchange.write(layer.stored());
          exchange.write(ImageFixture.utf8("\r\n0\r\n\r\n"));
          return true;
        });

    assertThat(pull(image())).containsExactly(layer.plain());
  }

  // groot-image.md §23 case 60
  @Test
  void fetchesForeignLayersFromTheirUrlsWithoutCredentials() throws Exception {
    byte[] plain = ImageFixture.noise(5000);
    try (ScriptedRegistry elsewhere = new ScriptedRegistry()) {
      elsewhere.content("/base", ImageFixture.gzip(plain), "application/octet-stream");
      user = "u";
      password = "p";
      registry.script(
          "/v2/", ScriptedRegistry.status(401, 99, "", e -> e.add("WWW-Authenticate", "Basic")));
      publishForeign(
          plain, "http://" + elsewhere.host() + "/gone", "http://" + elsewhere.host() + "/base");

      assertThat(pull(image())).containsExactly(plain);

      assertThat(elsewhere.paths()).containsExactly("/gone", "/base");
      assertThat(elsewhere.log).allSatisfy(a -> assertThat(a.header("Authorization")).isEmpty());

      publishForeign(plain, "http://" + elsewhere.host() + "/gone");
      assertThatThrownBy(() -> pull(image()))
          .hasMessageStartingWith("failed fetching external blob from all urls: error fetching")
          .hasMessageEndingWith("received unexpected HTTP status: 404 Not Found");

      publishForeign(plain, "ftp://127.0.0.1/base");
      assertThat(pull(image())).containsExactly(plain);
    }
  }

  private void publishForeign(byte[] plain, String... urls) {
    String more =
        ",\"urls\":["
            + String.join(",", java.util.Arrays.stream(urls).map(u -> '"' + u + '"').toList())
            + "]";
    ImageFixture.publish(
        registry, List.of(new Layer(plain, ImageFixture.gzip(plain), ImageFixture.GZIP, more)));
  }

  // groot-image.md §23 cases 20 and 62
  @Test
  void choosesTheInstanceOfAListThatFitsTheHost() throws Exception {
    ImageFixture.publish(registry, List.of(Layer.gzip(ImageFixture.noise(10))));
    byte[] fitting =
        ImageFixture.manifest(
            ImageFixture.config(List.of(Layer.gzip(ImageFixture.noise(10)))),
            List.of(Layer.gzip(ImageFixture.noise(10))));
    byte[] other = ImageFixture.utf8("{\"other\":1}");
    byte[] list =
        ImageFixture.utf8(
            "{\"schemaVersion\":2,\"manifests\":["
                + entry(other, "10.0.17763.1")
                + ","
                + entry(fitting, "10.0.20348.2")
                + "]}");
    registry.manifest("latest", list, "application/vnd.oci.image.index.v1+json");

    assertThat(pull(image())).containsExactly(ImageFixture.noise(10));
    assertThat(registry.asked("/manifests/"))
        .extracting(Asked::path)
        .containsExactly("/v2/a/b/manifests/latest", "/v2/a/b/manifests/" + Digest.sha256(fitting));

    registry.manifest(Digest.sha256(fitting).toString(), other, ScriptedRegistry.OCI_MANIFEST);
    assertThatThrownBy(() -> image().describe())
        .hasMessageContaining(
            "Image manifest does not match selected manifest digest " + Digest.sha256(fitting));
  }

  private static String entry(byte[] manifest, String version) {
    return ImageFixture.descriptor(
        ScriptedRegistry.OCI_MANIFEST,
        manifest,
        ",\"platform\":{\"os\":\"windows\",\"architecture\":\"amd64\",\"os.version\":\""
            + version
            + "\"}");
  }

  // groot-image.md §23 case 20
  @Test
  void checksTheManifestOfAPinnedReference() throws Exception {
    ImageFixture.publish(registry, List.of());
    byte[] config = ImageFixture.config(List.of());
    String digest = Digest.sha256(ImageFixture.manifest(config, List.of())).toString();
    String reference = "//" + registry.host() + "/a/b@" + digest;

    ImageDescription image = source(reference).describe();
    assertThat(image.env()).containsExactly("A=1");
    assertThat(registry.paths()).contains("/v2/a/b/manifests/" + digest);

    registry.manifest(digest, ImageFixture.utf8("{}"), ScriptedRegistry.OCI_MANIFEST);
    assertThatThrownBy(() -> source(reference).describe())
        .hasMessageContaining("Manifest does not match provided manifest digest " + digest);
  }

  // groot-image.md §23 case 69
  @Test
  void refusesAPageThatIsNoManifest() {
    registry.manifest("latest", ImageFixture.utf8("<html>"), "text/html");

    assertThatThrownBy(() -> image().describe())
        .hasMessageContaining("invalid character '<' looking for beginning of value");
  }

  // groot-image.md §23 case 70
  @Test
  void refusesAManifestBeyondFourMebibytes() {
    registry.manifest("latest", new byte[5 << 20], ScriptedRegistry.OCI_MANIFEST);

    assertThatThrownBy(() -> image().describe())
        .hasMessageContaining("exceeded maximum allowed size of 4194304 bytes");
  }

  // groot-image.md §23 case 73
  @Test
  void refusesAConfigurationWithOtherBytes() {
    byte[] config = ImageFixture.config(List.of());
    ImageFixture.publish(registry, List.of());
    registry.content("/v2/a/b/blobs/" + Digest.sha256(config), ImageFixture.utf8("{}"), "x/y");

    assertThatThrownBy(() -> image().describe())
        .hasMessage(
            "fetching image configuration: Download config.json digest %s does not match expected %s"
                .formatted(Digest.sha256(ImageFixture.utf8("{}")), Digest.sha256(config)));
  }

  @Test
  void stopsFollowingRedirectsThatNeverEnd() {
    registry.script(
        "/v2/a/b/manifests/latest",
        ScriptedRegistry.status(302, 99, "", e -> e.add("Location", "/v2/a/b/manifests/latest")));

    assertThatThrownBy(() -> image().describe()).hasMessageContaining("stopped after 10 redirects");
  }

  @Test
  void refusesARedirectToAFile() {
    registry.script(
        "/v2/a/b/manifests/latest",
        ScriptedRegistry.status(302, 99, "", e -> e.add("Location", "file:///etc/passwd")));

    assertThatThrownBy(() -> image().describe()).hasMessageContaining("'file:///etc/passwd'");
  }
}
