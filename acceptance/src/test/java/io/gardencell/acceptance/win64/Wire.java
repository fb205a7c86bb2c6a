package io.gardencell.acceptance.win64;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Garden's plain requests, as any HTTP client sends them; {@link RemoteProcess} does the rest. */
final class Wire {

  private static final JsonMapper JSON = new JsonMapper();

  private final int port;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Wire(int port) {
    this.port = port;
  }

  int port() {
    return port;
  }

  /** An answer: status and body. */
  record Reply(int status, byte[] body) {

    JsonNode json() throws IOException {
      return JSON.readTree(body);
    }

    String message() throws IOException {
      return json().path("Message").asText();
    }
  }

  Reply get(String path) throws IOException {
    return send(request(path).GET());
  }

  Reply post(String path, Object body) throws IOException {
    return send(request(path).POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
  }

  Reply put(String path, byte[] body) throws IOException {
    return send(request(path).PUT(BodyPublishers.ofByteArray(body)));
  }

  Reply delete(String path) throws IOException {
    return send(request(path).DELETE());
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(120));
  }

  private Reply send(HttpRequest.Builder request) throws IOException {
    try {
      HttpResponse<byte[]> response = http.send(request.build(), BodyHandlers.ofByteArray());
      return new Reply(response.statusCode(), response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
