package io.gardencell.server.log;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * A stretch of work to which the log lines of a thread belong until it is closed. Sessions nest as
 * those of the reference's logger (lager) do: each has a path, {@code api.garden-server.create},
 * and a number that goes on from its parent's, {@code 1.1.7}, and operators follow both. One thread
 * opens and closes a session; {@link #carry} and {@link Mark} take it to another one.
 */
public final class LogSession implements AutoCloseable {

  private static final Node ROOT = new Node("", "");
  private static final Node SERVER = ROOT.child("api").child("garden-server");
  private static final ThreadLocal<Node> CURRENT = ThreadLocal.withInitial(() -> ROOT);

  private final Node before;
  private final @Nullable Map<String, String> keysBefore;

  private LogSession(Node node, @Nullable Map<String, String> keys) {
    before = CURRENT.get();
    keysBefore = MDC.getCopyOfContextMap();
    CURRENT.set(node);
    if (keys != null) {
      MDC.setContextMap(keys);
    }
    MDC.put(LogKeys.TASK, node.path);
    MDC.put(LogKeys.SESSION, node.number);
  }

  private static final class Node {

    private final String path;
    private final String number;
    private final AtomicInteger children = new AtomicInteger();

    Node(String path, String number) {
      this.path = path;
      this.number = number;
    }

    Node child(String name) {
      String separator = path.isEmpty() ? "" : ".";
      return new Node(
          path + separator + name,
          number + separator + Integer.toString(children.incrementAndGet()));
    }
  }

  /** The HTTP server as such. */
  public static LogSession ofServer() {
    return new LogSession(SERVER, null);
  }

  /** A request of that name. */
  public static LogSession ofRequest(String name) {
    return new LogSession(SERVER.child(name), null);
  }

  /** Work of its own, whatever the thread did before. */
  public static LogSession of(String name) {
    return new LogSession(ROOT.child(name), null);
  }

  /** Work of its own, to be begun later. */
  public static Mark toCome(String name) {
    return new Mark(ROOT.child(name), null);
  }

  /** A part of what the thread does. */
  public static LogSession within(String name) {
    return new LogSession(CURRENT.get().child(name), null);
  }

  /** The same for one container. */
  public LogSession with(String handle) {
    about(handle);
    return this;
  }

  /** What the thread does turned out to be for this container. */
  public static void about(String handle) {
    MDC.put(LogKeys.HANDLE, handle);
  }

  /** What this thread does now, for log lines of other threads. */
  public static Mark mark() {
    return new Mark(CURRENT.get(), MDC.getCopyOfContextMap());
  }

  /** The same work, whose log lines belong to what this thread does now. */
  public static <T> Callable<T> carry(Callable<T> work) {
    Mark mark = mark();
    return () -> {
      try (LogSession session = mark.resume()) {
        return work.call();
      }
    };
  }

  /** A session to go on with. Any thread. */
  public static final class Mark {

    private final Node node;
    private final @Nullable Map<String, String> keys;

    private Mark(Node node, @Nullable Map<String, String> keys) {
      this.node = node;
      this.keys = keys;
    }

    /** Goes on with it on this thread. */
    public LogSession resume() {
      return new LogSession(node, keys == null ? Map.of() : keys);
    }

    /** A part of it, on this thread. */
    public LogSession within(String name) {
      return new LogSession(node.child(name), keys == null ? Map.of() : keys);
    }
  }

  /** The thread's lines belong again to what it did before. */
  @Override
  public void close() {
    if (before == ROOT) {
      CURRENT.remove();
    } else {
      CURRENT.set(before);
    }
    if (keysBefore == null) {
      MDC.clear();
    } else {
      MDC.setContextMap(keysBefore);
    }
  }
}
