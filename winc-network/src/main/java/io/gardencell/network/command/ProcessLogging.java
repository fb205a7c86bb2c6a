package io.gardencell.network.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What our classes log when the command has a process to itself: stdout and stderr belong to the
 * plugin protocol, so nothing may be written there. Warnings go to the command's log, the rest
 * nowhere: the log has the reference's lines instead.
 */
final class ProcessLogging extends AppenderBase<ILoggingEvent> {

  private final CommandLog log;

  private ProcessLogging(CommandLog log) {
    this.log = log;
  }

  /** From here on nothing is logged. */
  static void silence() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
  }

  /** From here on warnings are in the log. */
  static void warnInto(CommandLog log) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    ProcessLogging appender = new ProcessLogging(log);
    appender.setContext(context);
    appender.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    context.getLogger("io.gardencell").setLevel(Level.WARN);
  }

  @Override
  protected void append(ILoggingEvent event) {
    String details =
        event.getKeyValuePairs() == null
            ? ""
            : event.getKeyValuePairs().stream()
                .map(pair -> " " + pair.key + "=" + pair.value)
                .collect(Collectors.joining());
    String cause =
        Stream.ofNullable(event.getThrowableProxy())
            .map(thrown -> ": " + thrown.getMessage())
            .collect(Collectors.joining());
    log.warning(event.getFormattedMessage() + details + cause);
  }
}
