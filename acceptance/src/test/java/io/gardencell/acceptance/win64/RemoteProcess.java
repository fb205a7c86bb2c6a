package io.gardencell.acceptance.win64;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process in a container, run or attached to over three hijacked sockets as the reference client
 * does it. Both outputs are read to their end on threads of their own.
 */
final class RemoteProcess implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int SOCKET_TIMEOUT_MILLIS = 120_000;

  private final Socket control;
  private final MappingIterator<JsonNode> messages;
  private final String id;
  private final CompletableFuture<byte[]> stdout;
  private final CompletableFuture<byte[]> stderr;

  private RemoteProcess(Wire wire, String handle, Socket control) throws IOException {
    this.control = control;
    this.messages = JSON.readerFor(JsonNode.class).readValues(control.getInputStream());
    JsonNode first = messages.nextValue();
    id = first.path("process_id").asText();
    String stream = first.path("stream_id").asText();
    stdout = output(wire, handle, stream, "stdout");
    stderr = output(wire, handle, stream, "stderr");
  }

  /** How a process ended. */
  record Ended(long exitStatus, String stdout, String stderr) {}

  /** The server refused to run or attach. */
  static final class Refused extends IOException {

    private final int status;
    private final JsonNode body;

    Refused(int status, JsonNode body) {
      super(status + " " + body);
      this.status = status;
      this.body = body;
    }

    int status() {
      return status;
    }

    JsonNode body() {
      return body;
    }
  }

  /** Runs a process; the spec is Garden's JSON. */
  static RemoteProcess run(Wire wire, String handle, Map<String, ?> spec) throws IOException {
    byte[] body = JSON.writeValueAsBytes(spec);
    return open(wire, handle, "POST /containers/" + handle + "/processes", body);
  }

  /** Attaches to a process that runs. */
  static RemoteProcess attach(Wire wire, String handle, String id) throws IOException {
    return open(wire, handle, "GET /containers/" + handle + "/processes/" + id, new byte[0]);
  }

  String id() {
    return id;
  }

  void write(String text) throws IOException {
    send(Map.of("process_id", id, "source", 0, "data", text));
  }

  void endInput() throws IOException {
    send(Map.of("process_id", id, "source", 0));
  }

  /** 0 asks the process to end, 1 kills it. */
  void signal(int signal) throws IOException {
    send(Map.of("process_id", id, "signal", signal));
  }

  /** Waits for the exit status and the end of both outputs. */
  Ended end() throws IOException {
    while (messages.hasNextValue()) {
      JsonNode message = messages.nextValue();
      if (message.has("error")) {
        throw new IOException(message.path("error").asText());
      }
      if (message.has("exit_status")) {
        return new Ended(message.path("exit_status").asLong(), text(stdout), text(stderr));
      }
    }
    throw new IOException("the control stream of " + id + " ended without an exit status");
  }

  @Override
  public void close() throws IOException {
    control.close();
  }

  private void send(Map<String, ?> message) throws IOException {
    OutputStream out = control.getOutputStream();
    out.write((JSON.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static RemoteProcess open(Wire wire, String handle, String line, byte[] body)
      throws IOException {
    Socket socket = connect(wire, line, body);
    Optional<Refused> refused = refusal(socket);
    if (refused.isPresent()) {
      socket.close();
      throw refused.get();
    }
    return new RemoteProcess(wire, handle, socket);
  }

  private static Socket connect(Wire wire, String line, byte[] body) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), wire.port());
    socket.setSoTimeout(SOCKET_TIMEOUT_MILLIS);
    String head =
        "%s HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            .formatted(line, body.length);
    OutputStream out = socket.getOutputStream();
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(body);
    out.flush();
    return socket;
  }

  /** Reads the answer's head, to its last byte and no further. */
  private static Optional<Refused> refusal(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("connection closed after: " + head);
      }
      head.write(next);
    }
    String[] lines = head.toString(StandardCharsets.US_ASCII).split("\r\n", -1);
    int status = Integer.parseInt(lines[0].split(" ", -1)[1]);
    if (status < 300) {
      return Optional.empty();
    }
    int length = 0;
    for (String line : lines) {
      if (line.regionMatches(true, 0, "Content-Length:", 0, 15)) {
        length = Integer.parseInt(line.substring(15).trim());
      }
    }
    return Optional.of(new Refused(status, JSON.readTree(in.readNBytes(length))));
  }

  private CompletableFuture<byte[]> output(Wire wire, String handle, String stream, String name)
      throws IOException {
    String line =
        "GET /containers/%s/processes/%s/attaches/%s/%s".formatted(handle, id, stream, name);
    Socket socket = connect(wire, line, new byte[0]);
    CompletableFuture<byte[]> all = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try (socket) {
                refusal(socket).ifPresent(all::completeExceptionally);
                all.complete(socket.getInputStream().readAllBytes());
              } catch (IOException e) {
                all.completeExceptionally(e);
              }
            },
            name + " of " + id);
    reader.setDaemon(true);
    reader.start();
    return all;
  }

  private static String text(CompletableFuture<byte[]> output) throws IOException {
    try {
      return new String(output.get(120, TimeUnit.SECONDS), StandardCharsets.UTF_8);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
