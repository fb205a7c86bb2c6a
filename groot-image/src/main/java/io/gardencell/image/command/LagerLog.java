package io.gardencell.image.command;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gardencell.image.trace.Trace;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

/**
 * The command's log: one JSON object a line, which Guardian reads (Source: lager; groot-image.md
 * §17). What classes log for operators goes in as well. Any thread.
 */
final class LagerLog extends AppenderBase<ILoggingEvent> implements Trace.Receiver {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final OutputStream out;
  private volatile Level least;

  LagerLog(OutputStream out, Level least) {
    this.out = out;
    this.least = least;
  }

  /** Takes all that is logged in this process, which is that of the command. */
  void attach() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    setContext(context);
    start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(ch.qos.logback.classic.Level.WARN);
    root.addAppender(this);
  }

  /** Keeps the rest from running through a progress display. */
  void onlyErrors() {
    least = Level.ERROR;
  }

  @Override
  public void event(Level level, String message, String session, Map<String, Object> data) {
    Map<String, Object> all = new TreeMap<>(data);
    all.put("session", session);
    write(Instant.now(), level, message, all);
  }

  @Override
  protected void append(ILoggingEvent event) {
    Map<String, Object> data = new TreeMap<>();
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        data.put(pair.key, String.valueOf(pair.value));
      }
    }
    IThrowableProxy cause = event.getThrowableProxy();
    if (cause != null) {
      data.put("error", String.valueOf(cause.getMessage()));
    }
    boolean error = event.getLevel().isGreaterOrEqual(ch.qos.logback.classic.Level.ERROR);
    String message = "groot." + event.getFormattedMessage().replace(' ', '-');
    write(event.getInstant(), error ? Level.ERROR : Level.INFO, message, data);
  }

  private void write(Instant time, Level level, String message, Map<String, Object> data) {
    if (level.toInt() < least.toInt()) {
      return;
    }
    ObjectNode line = JSON.createObjectNode();
    line.put("timestamp", TIME.format(time));
    line.put("level", level.toString().toLowerCase(Locale.ROOT));
    line.put("source", "groot").put("message", message);
    line.set("data", JSON.valueToTree(data));
    try {
      byte[] bytes = (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
      synchronized (out) {
        out.write(bytes);
        out.flush();
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always writable", e);
    } catch (IOException e) {
      addError("log cannot be written", e);
    }
  }
}
