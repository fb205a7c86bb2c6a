package io.gardencell.network.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gardencell.api.GardenException;
import io.gardencell.network.StepLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The command's own log file, in the reference's two formats (logrus's JSON and text); times are
 * UTC. Any thread.
 */
final class CommandLog implements StepLog {

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final DateTimeFormatter JSON_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter TEXT_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  private final @Nullable Path file;
  private final boolean json;
  private final boolean debug;

  private CommandLog(@Nullable Path file, boolean json, boolean debug) {
    this.file = file;
    this.json = json;
    this.debug = debug;
  }

  /**
   * Opens the file for appending; empty and {@code NUL} are no file.
   *
   * @throws GardenException {@code invalid log format: ...}, which is also in the file, as text
   */
  static CommandLog open(String name, String format, boolean debug) throws IOException {
    Path file = name.isEmpty() || name.equalsIgnoreCase("NUL") ? null : Path.of(name);
    if (file != null) {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
    }
    CommandLog log = new CommandLog(file, format.equals("json"), debug);
    if (!format.equals("json") && !format.equals("text")) {
      String text = "invalid log format: " + format;
      log.error(text);
      throw GardenException.failure(text);
    }
    log.append("");
    return log;
  }

  @Override
  public void debug(Supplier<String> message) {
    if (debug) {
      write("debug", message.get());
    }
  }

  @Override
  public void info(String message) {
    write("info", message);
  }

  /** What an operator should look at although the command goes on. */
  void warning(String message) {
    write("warning", message);
  }

  @Override
  public void error(String message) {
    write("error", message);
  }

  private void write(String level, String message) {
    try {
      Instant now = Instant.now();
      append(json ? jsonLine(level, message, now) : textLine(level, message, now));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static String jsonLine(String level, String message, Instant now) {
    Map<String, String> entry = new LinkedHashMap<>();
    entry.put("level", level);
    entry.put("msg", message);
    entry.put("time", JSON_TIME.format(now));
    return quoted(entry) + "\n";
  }

  /** A line as the reference writes it before it knows of any format. */
  static String textLine(String level, String message, Instant now) {
    boolean plain = message.matches("[A-Za-z0-9._/@^+-]+");
    return "time=\"%s\" level=%s msg=%s\n"
        .formatted(TEXT_TIME.format(now), level, plain ? message : quoted(message));
  }

  private static String quoted(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("cannot be logged: " + value, impossible);
    }
  }

  private synchronized void append(String text) throws IOException {
    if (file != null) {
      Files.write(
          file,
          text.getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }
}
