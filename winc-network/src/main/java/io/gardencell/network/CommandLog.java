package io.gardencell.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gardencell.api.GardenException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The command's own log file, in the reference's two formats; times are UTC. One thread. */
final class CommandLog implements AutoCloseable {

  private static final JsonMapper MAPPER = new JsonMapper();

  private final @Nullable Path file;
  private final boolean json;
  private final boolean debug;

  private CommandLog(@Nullable Path file, boolean json, boolean debug) {
    this.file = file;
    this.json = json;
    this.debug = debug;
  }

  /** Opens the file for appending; empty and {@code NUL} are no file. */
  static CommandLog open(String name, String format, boolean debug) throws IOException {
    Path file = name.isEmpty() || name.equalsIgnoreCase("NUL") ? null : Path.of(name);
    if (file != null) {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
    }
    if (!format.equals("json") && !format.equals("text")) {
      throw GardenException.failure("invalid log format: " + format);
    }
    CommandLog log = new CommandLog(file, format.equals("json"), debug);
    log.append("");
    return log;
  }

  void debug(String message) {
    if (debug) {
      write("debug", message);
    }
  }

  void error(String message) {
    write("error", message);
  }

  private void write(String level, String message) {
    try {
      Map<String, String> entry = new LinkedHashMap<>();
      entry.put("level", level);
      entry.put("msg", message);
      entry.put("time", Instant.now().toString());
      append(
          json
              ? MAPPER.writeValueAsString(entry) + "\n"
              : "time=\"%s\" level=%s msg=%s\n"
                  .formatted(Instant.now(), level, MAPPER.writeValueAsString(message)));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("cannot be logged: " + message, impossible);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void append(String text) throws IOException {
    if (file != null) {
      Files.write(
          file,
          text.getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }

  @Override
  public void close() {}
}
