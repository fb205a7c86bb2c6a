package io.gardencell.server.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Log lines as the reference writes them (lager), so that what reads a cell's logs goes on working:
 * one JSON object with timestamp, level, source, message and data. The message is a path of words,
 * {@code guardian.api.garden-server.create.failed}: the {@link LogSession}'s and the line's own
 * words. Any thread.
 */
public final class LagerEncoder extends EncoderBase<ILoggingEvent> {

  private static final String SOURCE = "guardian";
  private static final List<String> LEVELS = List.of("debug", "info", "error", "fatal");
  private static final JsonFactory JSON = new JsonFactory();
  private static final Pattern NO_WORD = Pattern.compile("[^A-Za-z0-9_./']+");

  private final TimeFormat times;

  /** Writes times in that form; with it goes the form of the level (lager: models.go). */
  public LagerEncoder(TimeFormat times) {
    this.times = times;
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("timestamp", times.text(event.getInstant()));
      if (times == TimeFormat.RFC3339) {
        json.writeStringField("level", LEVELS.get(level(event.getLevel())));
      }
      json.writeStringField("source", SOURCE);
      json.writeStringField("message", message(event));
      if (times == TimeFormat.UNIX_EPOCH) {
        json.writeNumberField("log_level", level(event.getLevel()));
      }
      json.writeObjectFieldStart("data");
      for (Map.Entry<String, Object> entry : data(event).entrySet()) {
        json.writeFieldName(entry.getKey());
        value(json, entry.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    line.write('\n');
    return line.toByteArray();
  }

  /** The reference knows four levels, and its readers take no other. */
  private static int level(Level level) {
    if (level.isGreaterOrEqual(Level.WARN)) {
      return LEVELS.indexOf("error");
    }
    return LEVELS.indexOf(level.isGreaterOrEqual(Level.INFO) ? "info" : "debug");
  }

  private static String message(ILoggingEvent event) {
    String text = event.getFormattedMessage();
    if (text.startsWith(SOURCE + ".")) {
      return text;
    }
    String words = NO_WORD.matcher(text).replaceAll("-");
    String task = event.getMDCPropertyMap().getOrDefault(LogKeys.TASK, "");
    return SOURCE + "." + (task.isEmpty() ? "" : task + ".") + words;
  }

  private static Map<String, Object> data(ILoggingEvent event) {
    Map<String, Object> data = new LinkedHashMap<>(event.getMDCPropertyMap());
    data.remove(LogKeys.TASK);
    data.remove(LogKeys.SESSION, "");
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        data.put(pair.key, pair.value);
      }
    }
    if (event.getThrowableProxy() != null) {
      data.putIfAbsent("error", String.valueOf(event.getThrowableProxy().getMessage()));
      data.put("trace", ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
    return data;
  }

  private static void value(JsonGenerator json, @Nullable Object value) throws IOException {
    if (value instanceof Integer || value instanceof Long) {
      json.writeNumber(((Number) value).longValue());
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Map<?, ?> members) {
      json.writeStartObject();
      for (Map.Entry<?, ?> member : new TreeMap<>(members).entrySet()) {
        json.writeFieldName(String.valueOf(member.getKey()));
        value(json, member.getValue());
      }
      json.writeEndObject();
    } else {
      json.writeString(
          new String(
              String.valueOf(value).getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    }
  }
}
