package io.gardencell.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentProxyTest {

  private static final Map<String, String> SETTINGS =
      Map.of("HTTPS_PROXY", "http://proxy:3128", "http_proxy", "u:p@other");

  @Test
  void choosesByScheme() {
    assertThat(select(SETTINGS, "https://registry.io/v2/")).isEqualTo("proxy:3128");
    assertThat(select(SETTINGS, "http://registry.io/v2/")).isEqualTo("other:80");
  }

  @Test
  void hasThePasswordOfEachProxyForWhatGoesThroughIt() {
    EnvironmentProxy proxy = new EnvironmentProxy(SETTINGS);

    assertThat(proxy.authorization(URI.create("http://registry.io/"))).contains("Basic dTpw");
    assertThat(proxy.authorization(URI.create("https://registry.io/"))).isEmpty();
    assertThat(proxy.authorization(URI.create("http://localhost/"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "internal, https://internal/, true",
    "internal, https://a.internal/, true",
    "internal, https://notinternal/, false",
    ".example.com, https://a.example.com/, true",
    ".example.com, https://example.com/, false",
    "*.example.com, https://a.example.com/, true",
    "10.0.0.1:5000, https://10.0.0.1:5000/, true",
    "10.0.0.1:5000, https://10.0.0.1:5001/, false",
    "a.b:443, https://a.b/, true",
    "10.0.0.0/8, https://10.200.3.4/, true",
    "10.0.0.0/8, https://11.0.0.1/, false",
    "10.0.0.0/8, https://10.example.com/, false",
    "192.168.4.0/23, https://192.168.5.255/, true",
    "fd00::/8, 'https://[fd12::1]/', true",
    "fd00::/8, 'https://[fe80::1]/', false",
    "*, https://anything/, true",
    "'x, INTERNAL', https://internal/, true",
    "'', https://127.0.0.1:5000/, true",
    "'', https://127.8.9.1/, true",
    "'', http://localhost:1/, true",
    "'', 'http://[::1]:1/', true",
    "'', https://registry.io/, false"
  })
  void leavesOutWhatIsExcludedAndLoopback(String exceptions, String uri, boolean direct) {
    Map<String, String> all =
        Map.of("HTTPS_PROXY", "proxy:1", "HTTP_PROXY", "proxy:1", "NO_PROXY", exceptions);

    assertThat(select(all, uri)).isEqualTo(direct ? "direct" : "proxy:1");
  }

  @Test
  void isDirectWithoutSettings() {
    assertThat(new EnvironmentProxy(Map.of()).select(URI.create("https://a/")))
        .containsExactly(Proxy.NO_PROXY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"socks5://u:s3cret@proxy", "https://u:s3cret@proxy", "http://u:s3cret@a b"})
  void refusesWhatIsNoHttpProxyWithoutShowingThePassword(String setting) {
    assertThatThrownBy(() -> new EnvironmentProxy(Map.of("HTTPS_PROXY", setting)))
        .hasMessageStartingWith("HTTPS_PROXY: '" + setting.split(":")[0] + "://...@")
        .hasMessageEndingWith("(expected: http://[user:password@]host[:port])")
        .hasMessageNotContaining("s3cret");
  }

  private static String select(Map<String, String> settings, String uri) {
    List<Proxy> chosen = new EnvironmentProxy(settings).select(URI.create(uri));
    return chosen.get(0).address() instanceof InetSocketAddress a
        ? a.getHostString() + ":" + a.getPort()
        : "direct";
  }
}
