package io.gardencell.server.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.util.Locale;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Where log lines go, in which form, from which level on. The one place that knows the logging
 * backend. Any thread.
 */
public final class LogOutput {

  private static final Map<String, Level> LEVELS =
      Map.of(
          "debug", Level.DEBUG,
          "info", Level.INFO,
          "warn", Level.WARN,
          "error", Level.ERROR,
          // An operator must act on both.
          "fatal", Level.ERROR);

  private LogOutput() {}

  /** The form of a log line. */
  public enum Format {
    /** One JSON object a line, as the reference writes them. */
    JSON,
    /** For people. */
    TEXT;

    /** Reads {@code json} or {@code text}. */
    public static Format parse(String text) {
      for (Format format : values()) {
        if (format.name().toLowerCase(Locale.ROOT).equals(text)) {
          return format;
        }
      }
      throw new IllegalArgumentException("log format: '" + text + "' (expected: json or text)");
    }
  }

  /**
   * Logs in this form from now on; {@code TEXT} is what the configuration file says, with times for
   * people.
   *
   * @param times form of the times in JSON
   */
  public static void start(Format format, TimeFormat times, String level) {
    if (!setLevel(level)) {
      throw new IllegalArgumentException(
          "log level: '" + level + "' (expected: debug, info, warn, error or fatal)");
    }
    if (format == Format.JSON) {
      LoggerContext context = context();
      LagerEncoder encoder = new LagerEncoder(times);
      encoder.setContext(context);
      encoder.start();
      ConsoleAppender<ILoggingEvent> out = new ConsoleAppender<>();
      out.setContext(context);
      out.setEncoder(encoder);
      out.start();
      Logger root = root(context);
      root.detachAndStopAllAppenders();
      root.addAppender(out);
    }
  }

  /** Logs from this level on; false if there is no such level. */
  public static boolean setLevel(String name) {
    Level level = LEVELS.get(name);
    if (level == null) {
      return false;
    }
    root(context()).setLevel(level);
    return true;
  }

  private static LoggerContext context() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      return context;
    }
    throw new IllegalStateException("the logging backend is not Logback");
  }

  private static Logger root(LoggerContext context) {
    return context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }
}
