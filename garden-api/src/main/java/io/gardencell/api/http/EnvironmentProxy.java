package io.gardencell.api.http;

import io.gardencell.api.GardenException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proxy of {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY} (or lower case), with
 * its credentials, as the reference honours them; loopback addresses never go through it (Source:
 * net/http: transport.go, golang.org/x/net/http/httpproxy). Any thread.
 */
public final class EnvironmentProxy extends ProxySelector {

  private static final Logger log = LoggerFactory.getLogger(EnvironmentProxy.class);
  private static final String TUNNELS = "jdk.http.auth.tunneling.disabledSchemes";

  /**
   * A proxy.
   *
   * @param authorization null for none
   */
  private record Setting(InetSocketAddress address, @Nullable String authorization) {}

  private final Optional<Setting> http;
  private final Optional<Setting> https;
  private final ProxyExceptions exceptions;

  /**
   * The proxies of an environment.
   *
   * @throws GardenException for an address that cannot be used, without its credentials
   */
  public EnvironmentProxy(Map<String, String> environment) {
    this.http = setting(environment, "HTTP_PROXY");
    this.https = setting(environment, "HTTPS_PROXY");
    this.exceptions = ProxyExceptions.parse(value(environment, "NO_PROXY"));
  }

  /**
   * Lets passwords for proxies be sent before a TLS connection is tunnelled, which the JDK does not
   * do by itself. Has to be called before its HTTP client is first used in this process.
   */
  public static void allowPasswords() {
    if (System.getProperty(TUNNELS) == null) {
      System.setProperty(TUNNELS, "");
    }
  }

  private static String value(Map<String, String> environment, String name) {
    String upper = environment.getOrDefault(name, "");
    return upper.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : upper;
  }

  private static Optional<Setting> setting(Map<String, String> environment, String name) {
    String text = value(environment, name);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI uri = new URI(text.contains("://") ? text : "http://" + text);
      if (uri.getHost() != null && "http".equalsIgnoreCase(uri.getScheme())) {
        int port = uri.getPort() > 0 ? uri.getPort() : 80;
        return Optional.of(
            new Setting(
                InetSocketAddress.createUnresolved(uri.getHost(), port),
                authorization(uri.getUserInfo())));
      }
    } catch (URISyntaxException e) {
      // Told below; its message would show the password.
    }
    throw GardenException.failure(
        "%s: '%s' (expected: http://[user:password@]host[:port])"
            .formatted(name, text.replaceFirst("//.*@", "//...@")));
  }

  private static @Nullable String authorization(@Nullable String userInfo) {
    if (userInfo == null) {
      return null;
    }
    String both = userInfo.contains(":") ? userInfo : userInfo + ":";
    return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
  }

  private Optional<Setting> of(URI uri) {
    boolean secure = "https".equals(uri.getScheme());
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    int port = uri.getPort() > 0 ? uri.getPort() : secure ? 443 : 80;
    return (secure ? https : http).filter(setting -> !exceptions.hold(host, port));
  }

  @Override
  public List<Proxy> select(URI uri) {
    return List.of(
        of(uri).map(s -> new Proxy(Proxy.Type.HTTP, s.address())).orElse(Proxy.NO_PROXY));
  }

  /** Value of the Proxy-Authorization header for a request to this address. */
  public Optional<String> authorization(URI uri) {
    return of(uri).map(Setting::authorization);
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    log.atWarn().addKeyValue("proxy", address).setCause(failure).log("proxy not reached");
  }
}
