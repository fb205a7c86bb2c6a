package io.gardencell.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.image.registry.ImageFixture.Layer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulls of an image of {@code registry.example}, a host that only the proxy knows. */
class ProxyTest extends RegistryTestCase {

  private static final byte[] CONTENT = ImageFixture.noise(3000);
  private static final String PASSWORD = "Basic Y2VsbDpwQDU1"; // cell:p@55

  private RegistrySource far() {
    return source("//registry.example/a/b");
  }

  @Test
  void goesThroughATunnelToATlsRegistryAndGivesThePasswordToTheProxyAlone(@TempDir Path directory)
      throws Exception {
    try (ScriptedRegistry tls = new ScriptedRegistry(SelfSigned.socket(directory));
        ScriptedProxy proxy = new ScriptedProxy(tls.host(), PASSWORD)) {
      ImageFixture.publish(tls, List.of(Layer.gzip(CONTENT)));
      environment = Map.of("HTTPS_PROXY", "http://cell:p%4055@" + proxy.host());

      assertThat(pull(far())).containsExactly(CONTENT);

      assertThat(proxy.heads)
          .isNotEmpty()
          .allSatisfy(head -> assertThat(head).startsWith("CONNECT registry.example:443 "));
      assertThat(tls.log)
          .isNotEmpty()
          .allSatisfy(asked -> assertThat(asked.header("Proxy-Authorization")).isEmpty());
    }
  }

  @Test
  void saysThatTheProxyWantsAPasswordAndAsksOnce(@TempDir Path directory) throws Exception {
    try (ScriptedRegistry tls = new ScriptedRegistry(SelfSigned.socket(directory));
        ScriptedProxy proxy = new ScriptedProxy(tls.host(), PASSWORD)) {
      environment = Map.of("https_proxy", proxy.host());

      assertThatThrownBy(() -> source("//registry.example/a/b", false).describe())
          .hasMessageContaining("pinging container registry registry.example")
          .hasMessageContaining("407");
      assertThat(proxy.heads).hasSize(1);
      assertThat(pauses).isEmpty();
    }
  }

  @Test
  void goesThroughTheProxyOfPlainHttpToAListedRegistry() throws Exception {
    ImageFixture.publish(registry, List.of(Layer.gzip(CONTENT)));
    try (ScriptedProxy proxy = new ScriptedProxy(registry.host(), PASSWORD)) {
      environment =
          Map.of(
              "HTTP_PROXY",
              "http://cell:p%4055@" + proxy.host(),
              "HTTPS_PROXY",
              "http://127.0.0.1:1");

      assertThat(pull(far())).containsExactly(CONTENT);

      assertThat(proxy.heads)
          .allSatisfy(head -> assertThat(head).startsWith("GET http://registry.example/v2/"));
    }
  }

  @Test
  void leavesTheProxyOutForLoopback() throws Exception {
    ImageFixture.publish(registry, List.of(Layer.gzip(CONTENT)));
    environment = Map.of("HTTP_PROXY", "http://127.0.0.1:1", "HTTPS_PROXY", "http://127.0.0.1:1");

    assertThat(pull(image())).containsExactly(CONTENT);
  }
}
