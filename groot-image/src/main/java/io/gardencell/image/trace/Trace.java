package io.gardencell.image.trace;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The reference's log of an operation: events named by where they happen, in sessions that nest and
 * carry their data along (Source: lager; groot-image.md §17). Only the events' receiver differs:
 * the command writes them to standard error, the server keeps them for debugging. Any thread.
 */
public final class Trace {

  /** Takes events. */
  public interface Receiver {
    /**
     * An event.
     *
     * @param message where and what, separated by dots
     * @param session numbers of the nested sessions
     * @param data sorted by name
     */
    void event(Level level, String message, String session, Map<String, Object> data);
  }

  private static final Logger log = LoggerFactory.getLogger(Trace.class);

  /** In the server an operation and its failure are logged by the caller. */
  public static final Receiver FOR_DEBUGGING =
      (level, message, session, data) -> {
        LoggingEventBuilder event = log.atDebug().addKeyValue("level", level);
        for (Map.Entry<String, Object> each : data.entrySet()) {
          event = event.addKeyValue(each.getKey(), each.getValue());
        }
        event.addKeyValue("at", message).log("image operation");
      };

  private final Receiver receiver;
  private final String path;
  private final String session;
  private final Map<String, Object> data;
  private final AtomicInteger sessions = new AtomicInteger();

  private Trace(Receiver receiver, String path, String session, Map<String, Object> data) {
    this.receiver = receiver;
    this.path = path;
    this.session = session;
    this.data = data;
  }

  /** The outermost session. */
  public static Trace of(Receiver receiver) {
    return new Trace(receiver, "groot", "", Map.of());
  }

  /** A session within this one. */
  public Trace session(String name) {
    return session(name, Map.of());
  }

  /** A session within this one, whose events carry more data. */
  public Trace session(String name, Map<String, ?> more) {
    int number = sessions.incrementAndGet();
    return new Trace(
        receiver,
        path + "." + name,
        session.isEmpty() ? String.valueOf(number) : session + "." + number,
        with(more));
  }

  /** Something happened. */
  public void info(String event) {
    info(event, Map.of());
  }

  /** Something happened; the event carries more data. */
  public void info(String event, Map<String, ?> more) {
    receiver.event(Level.INFO, path + "." + event, session, with(more));
  }

  /** Something of interest to who looks for a defect. */
  public void debug(String event) {
    receiver.event(Level.DEBUG, path + "." + event, session, with(Map.of()));
  }

  /** Something failed. */
  public void error(String event, String reason, Map<String, ?> more) {
    Map<String, Object> all = with(more);
    all.put("error", reason);
    receiver.event(Level.ERROR, path + "." + event, session, all);
  }

  private Map<String, Object> with(Map<String, ?> more) {
    Map<String, Object> all = new TreeMap<>(data);
    all.putAll(more);
    return all;
  }

  /** Begins a step and says so; its end is told when it is closed. */
  public Step step(String name) {
    return step(name, Map.of());
  }

  /** Begins a step whose events carry more data. */
  public Step step(String name, Map<String, ?> more) {
    return new Step(session(name, more), "starting", "ending");
  }

  /** Says that something begins; its end is told when the step is closed. */
  public Step between(String start, String end) {
    return new Step(this, start, end);
  }

  /** What lies between two events. */
  public static final class Step implements AutoCloseable {

    private final Trace trace;
    private final String end;

    private Step(Trace trace, String start, String end) {
      this.trace = trace;
      this.end = end;
      trace.info(start);
    }

    /** For what happens within the step. */
    public Trace trace() {
      return trace;
    }

    @Override
    public void close() {
      trace.info(end);
    }
  }
}
