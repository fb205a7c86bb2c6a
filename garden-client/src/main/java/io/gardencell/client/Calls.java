package io.gardencell.client;

import io.gardencell.api.ErrorBody;
import io.gardencell.api.GardenException;
import io.gardencell.api.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Requests and answers, each on a connection of its own as the reference client has it. An error
 * object of the server becomes its {@link GardenException}; what went wrong on the way is an {@link
 * IOException}. Any thread; calls block.
 */
final class Calls {

  private static final byte[] NONE = new byte[0];
  private static final int ERROR_LIMIT = 1 << 20;

  private final ClientSettings settings;

  Calls(ClientSettings settings) {
    this.settings = settings;
  }

  ClientSettings settings() {
    return settings;
  }

  byte[] get(String path) throws IOException {
    return call("GET", path, NONE);
  }

  /** The whole answer of a plain call. */
  byte[] call(String method, String path, byte[] body) throws IOException {
    try (Connection connection = connect()) {
      send(connection, head(method, path, "Connection: close\r\n", body), body);
      AnswerHead head = AnswerHead.read(connection, settings.silence());
      return requireSuccess(connection, head).readAllBytes();
    }
  }

  /** The answer of a plain call as a stream that is the caller's to close. */
  InputStream download(String path) throws IOException {
    Connection connection = connect();
    boolean given = false;
    try {
      send(connection, head("GET", path, "Connection: close\r\n", NONE), NONE);
      AnswerHead head = AnswerHead.read(connection, settings.silence());
      InputStream body = requireSuccess(connection, head);
      given = true;
      return body;
    } finally {
      if (!given) {
        connection.close();
      }
    }
  }

  /** A plain call whose body is written as it comes. */
  void upload(String path, TarBody body) throws IOException {
    try (Connection connection = connect()) {
      String headers =
          "Connection: close\r\nContent-Type: application/x-tar\r\nTransfer-Encoding: chunked\r\n";
      send(connection, head("PUT", path, headers, NONE), NONE);
      UploadBody upload = new UploadBody(connection, settings.silence());
      try {
        body.writeTo(upload);
        upload.finish();
      } catch (IOException unsent) {
        throw refusal(connection, unsent);
      }
      AnswerHead head = AnswerHead.read(connection, settings.silence());
      requireSuccess(connection, head).readAllBytes();
    }
  }

  /** Why a body could not be sent, if the server has said so; else the failure itself. */
  private IOException refusal(Connection connection, IOException unsent) throws IOException {
    AnswerHead head;
    try {
      if (!connection.hasInput()) {
        return unsent;
      }
      head = AnswerHead.read(connection, settings.silence());
    } catch (IOException e) {
      unsent.addSuppressed(e);
      return unsent;
    }
    requireSuccess(connection, head);
    return unsent;
  }

  /** A connection that has turned into a raw stream; the caller's to close. */
  Connection hijack(String method, String path, byte[] body) throws IOException {
    Connection connection = connect();
    boolean given = false;
    try {
      send(connection, head(method, path, "", body), body);
      // A process may take its time to start; the server has a deadline for that.
      AnswerHead head = AnswerHead.read(connection, settings.silence());
      if (!head.isSuccess()) {
        throw error(head, new AnswerBody(connection, head, settings.silence()));
      }
      if (!head.isChunked() && head.contentLength() != 0) {
        throw new ProtocolException("answer " + head.status() + " does not turn into a stream");
      }
      given = true;
      return connection;
    } finally {
      if (!given) {
        connection.close();
      }
    }
  }

  private Connection connect() throws IOException {
    return Connection.open(settings.address(), settings.connect());
  }

  private String head(String method, String path, String headers, byte[] body) {
    String length = body.length == 0 ? "" : "Content-Length: " + body.length + "\r\n";
    String type = body.length == 0 ? "" : "Content-Type: application/json\r\n";
    String id =
        settings.requestId().isEmpty() ? "" : "X-Vcap-Request-Id: " + settings.requestId() + "\r\n";
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: api\r\n"
        + id
        + length
        + type
        + headers
        + "\r\n";
  }

  private void send(Connection connection, String head, byte[] body) throws IOException {
    byte[] first = head.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer all = ByteBuffer.allocate(first.length + body.length).put(first).put(body).flip();
    connection.write(all, settings.silence());
  }

  private InputStream requireSuccess(Connection connection, AnswerHead head) throws IOException {
    AnswerBody body = new AnswerBody(connection, head, settings.silence());
    if (!head.isSuccess()) {
      throw error(head, body);
    }
    return body;
  }

  private static GardenException error(AnswerHead head, InputStream body) throws IOException {
    byte[] text = body.readNBytes(ERROR_LIMIT);
    if (text.length > 0 && text[0] == '{') {
      return GardenException.of(WireJson.decodeAnswer(text, ErrorBody.class));
    }
    return GardenException.failure(
        "bad response: %d %s: %s"
            .formatted(
                head.status(), head.reason(), new String(text, StandardCharsets.UTF_8).strip()));
  }
}
