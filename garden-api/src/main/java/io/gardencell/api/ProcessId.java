package io.gardencell.api;

import java.util.UUID;

/** Id of a process within its container; the same rules as for a {@link Handle}. */
public record ProcessId(String value) {

  public ProcessId {
    if (!Names.isValid(value)) {
      throw GardenException.failure("invalid process id: '" + value + "'");
    }
  }

  /** A random UUID, version 4. */
  public static ProcessId random() {
    return new ProcessId(UUID.randomUUID().toString());
  }

  @Override
  public String toString() {
    return value;
  }
}
