package io.gardencell.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.image.registry.ImageFixture.Layer;
import io.gardencell.image.source.Digest;
import io.gardencell.image.source.LayerInfo;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a registry is asked again, and when it is given up. */
class RegistryPatienceTest extends RegistryTestCase {

  private static final String PLAIN = "application/vnd.oci.image.layer.v1.tar";

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

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404})
  void takesNoForAnAnswer(int status) {
    registry.script("/v2/a/b/manifests/latest", ScriptedRegistry.status(status, 99));

    assertThatThrownBy(() -> image().describe()).isInstanceOf(RegistryException.class);

    assertThat(registry.asked("/manifests/")).hasSize(1);
    assertThat(pauses).isEmpty();
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
}
