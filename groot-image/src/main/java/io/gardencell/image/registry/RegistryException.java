package io.gardencell.image.registry;

import java.io.IOException;
import java.util.Set;

/** A registry's refusal, or the failure to reach it. */
final class RegistryException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Statuses that say no; "too many requests" was waited out before. */
  private static final Set<Integer> FINAL = Set.of(401, 403, 404, 407, 429);

  /** What another attempt is worth. */
  enum Hope {
    /** The answer would be the same. */
    NONE,
    /** Worth asking again at once: an odd answer. */
    ODD,
    /** Worth asking again after a while: an overloaded or broken server, a broken connection. */
    LATER
  }

  private final Hope hope;

  RegistryException(Hope hope, String message) {
    super(message);
    this.hope = hope;
  }

  RegistryException(Hope hope, String message, Throwable cause) {
    super(message, cause);
    this.hope = hope;
  }

  /** A refusal with this status. */
  static RegistryException ofStatus(int status, String message) {
    boolean isBroken = status >= 500 || status == 408;
    Hope refused = FINAL.contains(status) ? Hope.NONE : Hope.ODD;
    return new RegistryException(isBroken ? Hope.LATER : refused, message);
  }

  /** The same failure with words before it. */
  RegistryException within(String what) {
    return new RegistryException(hope, what + ": " + getMessage(), this);
  }

  Hope hope() {
    return hope;
  }
}
