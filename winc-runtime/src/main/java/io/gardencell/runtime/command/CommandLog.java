package io.gardencell.runtime.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/**
 * The command's log in the reference's two formats (Source: logrus JSONFormatter, TextFormatter).
 * Times are UTC.
 */
final class CommandLog extends AppenderBase<ILoggingEvent> {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final DateTimeFormatter JSON_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter TEXT_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  private final OutputStream out;
  private final boolean json;

  private CommandLog(OutputStream out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** Sends what this package logs to the stream, and nothing anywhere else. */
  static void attach(OutputStream out, boolean json, boolean debug) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    CommandLog log = new CommandLog(out, json);
    log.setContext(context);
    log.start();
    Logger root = context.getLogger("io.gardencell.runtime");
    root.setLevel(debug ? Level.DEBUG : Level.INFO);
    root.addAppender(log);
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
  }

  @Override
  protected void append(ILoggingEvent event) {
    Map<String, String> fields = new TreeMap<>();
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        fields.put(pair.key, String.valueOf(pair.value));
      }
    }
    String level = event.getLevel().toString().toLowerCase(Locale.ROOT);
    level = level.equals("warn") ? "warning" : level;
    try {
      out.write(line(event, level, fields).getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      addError("log cannot be written", e);
    }
  }

  private String line(ILoggingEvent event, String level, Map<String, String> fields) {
    if (json) {
      fields.put("level", level);
      fields.put("msg", event.getFormattedMessage());
      fields.put("time", JSON_TIME.format(event.getInstant()));
      return quoted(fields) + "\n";
    }
    StringBuilder line =
        new StringBuilder("time=\"%s\"".formatted(TEXT_TIME.format(event.getInstant())));
    line.append(" level=").append(level).append(" msg=").append(value(event.getFormattedMessage()));
    fields.forEach((key, text) -> line.append(' ').append(key).append('=').append(value(text)));
    return line.append('\n').toString();
  }

  private static String value(String text) {
    return text.matches("[A-Za-z0-9._/@^+-]+") ? text : quoted(text);
  }

  private static String quoted(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
