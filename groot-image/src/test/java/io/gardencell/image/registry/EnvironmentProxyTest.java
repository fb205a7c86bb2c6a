package io.gardencell.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentProxyTest {

  private static final Map<String, String> SETTINGS =
      Map.of(
          "HTTPS_PROXY", "http://proxy:3128",
          "http_proxy", "other",
          "NO_PROXY", "internal,.example.com,10.0.0.1:5000");

  @Test
  void choosesByScheme() {
    assertThat(select("https://registry.io/v2/")).isEqualTo("proxy:3128");
    assertThat(select("http://registry.io/v2/")).isEqualTo("other:80");
  }

  @Test
  void leavesOutWhatIsExcludedAndLoopback() {
    for (String direct :
        List.of(
            "https://internal/v2/",
            "https://a.internal/",
            "https://a.example.com/",
            "https://10.0.0.1:5000/",
            "https://127.0.0.1:5000/",
            "http://localhost:1/")) {
      assertThat(select(direct)).as(direct).isEqualTo("direct");
    }
    assertThat(select("https://10.0.0.1:5001/")).isEqualTo("proxy:3128");
    assertThat(select("https://notinternal/")).isEqualTo("proxy:3128");
  }

  @Test
  void isDirectWithoutSettings() {
    assertThat(new EnvironmentProxy(Map.of()).select(URI.create("https://a/")))
        .containsExactly(Proxy.NO_PROXY);
  }

  private static String select(String uri) {
    Proxy proxy = new EnvironmentProxy(SETTINGS).select(URI.create(uri)).get(0);
    return proxy.address() instanceof InetSocketAddress a
        ? a.getHostString() + ":" + a.getPort()
        : "direct";
  }
}
