package io.gardencell.image.registry;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Requests to one registry for one repository: finds out the scheme and the login once, then GETs
 * (Source: containers/image: docker/docker_client.go). Any thread.
 */
final class RegistryClient {

  private final String registry;
  private final boolean insecure;
  private final HttpTransport http;
  private final RegistryLogin login;
  private @Nullable String base;

  RegistryClient(String registry, boolean insecure, HttpTransport http, RegistryLogin login) {
    this.registry = registry;
    this.insecure = insecure;
    this.http = http;
    this.login = login;
  }

  /** GET of a path of the registry; the caller closes the answer. */
  HttpAnswer get(String path, Map<String, List<String>> headers) throws IOException {
    URI uri = URI.create(ping() + path);
    String sent = login.authorization();
    HttpAnswer answer = http.get(uri, headers, sent);
    if (answer.status() == 401 && login.canDoBetter(sent, answer.headers("WWW-Authenticate"))) {
      answer.close();
      return http.get(uri, headers, login.authorization());
    }
    return answer;
  }

  private synchronized String ping() throws IOException {
    String known = base;
    if (known != null) {
      return known;
    }
    String found;
    try {
      found = ping("https://" + registry);
    } catch (RegistryException e) {
      if (!insecure) {
        throw e.within("pinging container registry " + registry);
      }
      try {
        found = ping("http://" + registry);
      } catch (RegistryException plain) {
        plain.addSuppressed(e);
        throw plain.within("pinging container registry " + registry);
      }
    }
    base = found;
    return found;
  }

  private String ping(String address) throws IOException {
    try (HttpAnswer answer = http.get(URI.create(address + "/v2/"), Map.of(), null)) {
      if (answer.status() != 200 && answer.status() != 401) {
        throw RegistryException.ofStatus(
            answer.status(),
            "received unexpected HTTP status: " + RegistryErrors.statusLine(answer.status()));
      }
      login.learn(answer.headers("WWW-Authenticate"));
      return address;
    }
  }
}
