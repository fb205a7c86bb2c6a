package io.gardencell.hcs;

import java.util.List;

/**
 * A host function refused.
 *
 * <p>{@link #getMessage()} is the system's text of the code alone ({@code Access is denied.}),
 * since callers word what they were doing themselves.
 */
public final class HcsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String function;
  private final String target;
  private final int code;
  private final transient List<String> events;

  /**
   * Makes an exception.
   *
   * @param function the native function, for example {@code HcsCreateComputeSystem}
   * @param target what it was called on: a compute system id, a path, an HNS path; may be empty
   * @param code Win32 or HCS code as {@link HcsErrors#codeOf} gives it
   * @param text the system's or the service's own text
   * @param events error events of HCS's result document, rendered, one per entry
   */
  public HcsException(String function, String target, int code, String text, List<String> events) {
    super(text);
    this.function = function;
    this.target = target;
    this.code = code;
    this.events = List.copyOf(events);
  }

  /** Makes an exception with the well-known text of the code. */
  public HcsException(String function, String target, int code) {
    this(function, target, code, HcsErrors.text(code), List.of());
  }

  /** The native function that failed. */
  public String function() {
    return function;
  }

  /** What the function was called on. */
  public String target() {
    return target;
  }

  /** The code, 32 bits; compare with {@link HcsErrors}. */
  public int code() {
    return code;
  }

  /** The code's name, for example {@code ERROR_VMCOMPUTE_INVALID_STATE}. */
  public String codeName() {
    return HcsErrors.name(code);
  }

  /** HCS's error events, rendered as {@code [Event Detail: ...]}. */
  public List<String> events() {
    return events == null ? List.of() : events;
  }

  /** Text of the code followed by one line per error event, as hcsshim words it. */
  public String textWithEvents() {
    return events().isEmpty()
        ? String.valueOf(getMessage())
        : getMessage() + "\n" + String.join("\n", events());
  }

  /** Whether the system, process or endpoint does not exist. */
  public boolean isNotFound() {
    return HcsErrors.isNotFound(code);
  }

  /** Whether it had stopped or ended before. */
  public boolean isAlreadyStopped() {
    return HcsErrors.isAlreadyStopped(code);
  }

  /** Whether this host or build cannot do it. */
  public boolean isNotSupported() {
    return HcsErrors.isNotSupported(code);
  }

  /** Function, target, text, code and its name, for logs. */
  @Override
  public String toString() {
    return "%s %s: %s (0x%x %s)".formatted(function, target, textWithEvents(), code, codeName());
  }
}
