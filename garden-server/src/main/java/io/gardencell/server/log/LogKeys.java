package io.gardencell.server.log;

/** Names under which log lines carry what they belong to (SLF4J's MDC). */
public final class LogKeys {

  /** Path of the session, as {@code api.garden-server.create}. */
  static final String TASK = "task";

  /** Number of the session, as {@code 1.1.7}. */
  static final String SESSION = "session";

  /** The container it is about. */
  public static final String HANDLE = "handle";

  /** Trace of the caller, 32 hexadecimal digits. */
  public static final String TRACE_ID = "trace-id";

  /** Our part of that trace, 16 hexadecimal digits. */
  public static final String SPAN_ID = "span-id";

  private LogKeys() {}
}
