package io.gardencell.server.http;

/** Names under which log lines carry what request they belong to (SLF4J's MDC). */
public final class LogKeys {

  /** Name of the request, as {@code create}. */
  public static final String REQUEST = "request";

  /** Number of the request since the start. */
  public static final String SESSION = "session";

  /** The container it is about. */
  public static final String HANDLE = "handle";

  /** Trace of the caller, 32 hexadecimal digits. */
  public static final String TRACE_ID = "trace-id";

  /** Our part of that trace, 16 hexadecimal digits. */
  public static final String SPAN_ID = "span-id";

  private LogKeys() {}
}
