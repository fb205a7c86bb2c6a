package io.gardencell.api;

import java.util.Arrays;

/**
 * Kinds of errors with their wire names and statuses (garden: errors.go,
 * server/request_handling.go).
 */
public enum ErrorType {
  CONTAINER_NOT_FOUND("ContainerNotFoundError", 404),
  PROCESS_NOT_FOUND("ProcessNotFoundError", 404),
  EXECUTABLE_NOT_FOUND("ExecutableNotFoundError", 500),
  UNRECOVERABLE("UnrecoverableError", 500),
  SERVICE_UNAVAILABLE("ServiceUnavailableError", 500),
  NONE("", 500);

  private final String wireName;
  private final int status;

  ErrorType(String wireName, int status) {
    this.wireName = wireName;
    this.status = status;
  }

  /** The {@code Type} on the wire; empty for {@link #NONE}. */
  public String wireName() {
    return wireName;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The kind of that wire name; unknown names are {@link #NONE}. */
  public static ErrorType ofWireName(String name) {
    return Arrays.stream(values()).filter(t -> t.wireName.equals(name)).findFirst().orElse(NONE);
  }
}
