package io.gardencell.api;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Id of a process within its container; the same rules as for a {@link Handle}, also that letter
 * case does not tell two apart.
 */
public record ProcessId(String value) {

  public ProcessId {
    if (!Names.isValid(value)) {
      throw GardenException.failure("invalid process id: '" + Names.shown(value) + "'");
    }
  }

  /** A random UUID, version 4. */
  public static ProcessId random() {
    return new ProcessId(UUID.randomUUID().toString());
  }

  /** The form that is equal for equal ids. */
  public String key() {
    return Names.key(value);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ProcessId that && key().equals(that.key());
  }

  @Override
  public int hashCode() {
    return key().hashCode();
  }

  @Override
  public String toString() {
    return value;
  }
}
