package io.gardencell.api.http;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Hosts that are reached without the proxy: loopback, and the entries of {@code NO_PROXY}, each a
 * name (and all below it), {@code .name} (all below it), an address or a network {@code a.b.c.d/n},
 * maybe with a port, or {@code *} (Source: golang.org/x/net/http/httpproxy). Any thread.
 */
record ProxyExceptions(List<Entry> entries) {

  /** So strict that no name is ever looked up. */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}|\\[?[0-9a-f:.]*:[0-9a-f:.]*]?");

  /** Whether an entry is about a host and port. */
  private interface Entry {
    boolean matches(String host, int port);
  }

  static ProxyExceptions parse(String text) {
    List<Entry> entries = new ArrayList<>();
    for (String each : text.toLowerCase(Locale.ROOT).split("[,\\s]+")) {
      if (!each.isEmpty()) {
        entries.add(entry(each));
      }
    }
    return new ProxyExceptions(List.copyOf(entries));
  }

  private static Entry entry(String text) {
    if (text.equals("*")) {
      return (host, port) -> true;
    }
    int slash = text.indexOf('/');
    Optional<InetAddress> network = address(slash < 0 ? text : text.substring(0, slash));
    if (network.isPresent()) {
      int bits = slash < 0 ? Integer.MAX_VALUE : number(text.substring(slash + 1));
      return (host, port) -> address(host).filter(a -> share(a, network.get(), bits)).isPresent();
    }
    int colon = text.lastIndexOf(':');
    int wanted = colon > 0 ? number(text.substring(colon + 1)) : -1;
    if (wanted >= 0) {
      Entry inner = entry(text.substring(0, colon));
      return (host, port) -> port == wanted && inner.matches(host, port);
    }
    String domain = text.startsWith("*.") ? text.substring(1) : text;
    String below = domain.startsWith(".") ? domain : "." + domain;
    return (host, port) -> host.equals(domain) || host.endsWith(below);
  }

  private static int number(String text) {
    return text.matches("\\d{1,5}") ? Integer.parseInt(text) : -1;
  }

  /** The address that a text is; names are not looked up. */
  private static Optional<InetAddress> address(String text) {
    if (!ADDRESS.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static boolean share(InetAddress a, InetAddress b, int bits) {
    int length = a.getAddress().length;
    if (length != b.getAddress().length || bits < 0) {
      return false;
    }
    int differ = Math.max(0, length * 8 - bits);
    return new BigInteger(a.getAddress())
        .shiftRight(differ)
        .equals(new BigInteger(b.getAddress()).shiftRight(differ));
  }

  /** Whether a host, in lower case, is reached directly. */
  boolean hold(String host, int port) {
    return host.equals("localhost")
        || address(host).filter(InetAddress::isLoopbackAddress).isPresent()
        || entries.stream().anyMatch(e -> e.matches(host, port));
  }
}
