package io.gardencell.image.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proxy of {@code HTTP_PROXY}, {@code HTTPS_PROXY} and {@code NO_PROXY} (or lower case), as the
 * reference honours them; loopback addresses never go through it (Source: net/http: transport.go,
 * golang.org/x/net/http/httpproxy). Any thread.
 */
final class EnvironmentProxy extends ProxySelector {

  private static final Logger log = LoggerFactory.getLogger(EnvironmentProxy.class);

  private final Map<String, String> environment;

  EnvironmentProxy(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public List<Proxy> select(URI uri) {
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    String setting = value(uri.getScheme().equals("https") ? "HTTPS_PROXY" : "HTTP_PROXY");
    if (setting.isEmpty() || isLoopback(host) || isExcluded(host, port(uri))) {
      return List.of(Proxy.NO_PROXY);
    }
    URI proxy = URI.create(setting.contains("://") ? setting : "http://" + setting);
    if (proxy.getHost() == null) {
      throw new IllegalArgumentException("proxy: '" + setting + "' (expected: http://host:port)");
    }
    int port = proxy.getPort() > 0 ? proxy.getPort() : 80;
    return List.of(
        new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), port)));
  }

  private String value(String name) {
    String upper = environment.getOrDefault(name, "");
    return upper.isEmpty() ? environment.getOrDefault(name.toLowerCase(Locale.ROOT), "") : upper;
  }

  private static int port(URI uri) {
    return uri.getPort() > 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }

  private boolean isExcluded(String host, int port) {
    for (String entry : value("NO_PROXY").toLowerCase(Locale.ROOT).split("[,\\s]+")) {
      String name = entry;
      int colon = entry.lastIndexOf(':');
      if (colon > 0 && entry.substring(colon + 1).matches("\\d{1,5}")) {
        if (Integer.parseInt(entry.substring(colon + 1)) != port) {
          continue;
        }
        name = entry.substring(0, colon);
      }
      if (name.equals("*")) {
        return true;
      }
      String domain = name.startsWith("*.") ? name.substring(1) : name;
      if (!domain.isEmpty()
          && (host.equals(domain)
              || host.endsWith(domain.startsWith(".") ? domain : "." + domain))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    log.atWarn().addKeyValue("proxy", address).setCause(failure).log("proxy not reached");
  }
}
