package io.gardencell.api;

/**
 * Everything a client can be told (garden: errors.go). Each kind knows its wire body; the status is
 * that of its type. Unchecked; thrown by any layer, written to a client in one place.
 */
public abstract sealed class GardenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private GardenException(String message) {
    super(message);
  }

  /** The error object of the protocol. */
  public abstract ErrorBody body();

  /** The HTTP status: 404 for what is not found, 500 for all else. */
  public final int status() {
    return body().errorType().status();
  }

  /** What log lines say of it: the message, unless that repeats what must not be logged. */
  public String loggable() {
    return String.valueOf(getMessage());
  }

  /** A failure of no special kind. */
  public static Failure failure(String message) {
    return new Failure(message, message);
  }

  /** A failure of no special kind with its cause. */
  public static Failure failure(String message, Throwable cause) {
    return new Failure(message, message, cause);
  }

  /** A failure whose message repeats what must not be logged, with what is logged in its place. */
  public static Failure failureLoggedAs(String loggable, String message, Throwable cause) {
    return new Failure(message, loggable, cause);
  }

  /** A container has no property of that key; keys are never logged. */
  public static Failure propertyNotFound(String key) {
    String text = "property does not exist";
    return new Failure(text + ": " + key, text);
  }

  /**
   * The exception that a received error object stands for; the texts of the not-found kinds are
   * rebuilt from handle and process id, as the reference client does.
   */
  public static GardenException of(ErrorBody body) {
    return switch (body.errorType()) {
      case CONTAINER_NOT_FOUND -> new ContainerNotFound(body.handle());
      case PROCESS_NOT_FOUND -> new ProcessNotFound(body.processId());
      case EXECUTABLE_NOT_FOUND -> new ExecutableNotFound(body.message());
      case UNRECOVERABLE -> new Unrecoverable(body.message());
      case SERVICE_UNAVAILABLE -> new ServiceUnavailable(body.message());
      case NONE -> failure(body.message());
    };
  }

  /** There is no such container. */
  public static final class ContainerNotFound extends GardenException {

    private static final long serialVersionUID = 1L;

    private final String handle;

    public ContainerNotFound(String handle) {
      super("unknown handle: " + handle);
      this.handle = handle;
    }

    @Override
    public ErrorBody body() {
      return new ErrorBody(
          ErrorType.CONTAINER_NOT_FOUND.wireName(), String.valueOf(getMessage()), handle, "", "");
    }
  }

  /** There is no such process, or it has ended. */
  public static final class ProcessNotFound extends GardenException {

    private static final long serialVersionUID = 1L;

    private final String processId;

    public ProcessNotFound(String processId) {
      super("unknown process: " + processId);
      this.processId = processId;
    }

    @Override
    public ErrorBody body() {
      return new ErrorBody(
          ErrorType.PROCESS_NOT_FOUND.wireName(), String.valueOf(getMessage()), "", processId, "");
    }
  }

  /** A kind that says nothing on the wire but its type and text. */
  public abstract static sealed class Worded extends GardenException {

    private static final long serialVersionUID = 1L;

    private final ErrorType type;

    private Worded(ErrorType type, String message) {
      super(message);
      this.type = type;
    }

    private Worded(ErrorType type, String message, Throwable cause) {
      this(type, message);
      initCause(cause);
    }

    @Override
    public final ErrorBody body() {
      return ErrorBody.of(type, String.valueOf(getMessage()));
    }
  }

  /** The program to run does not exist in the container. */
  public static final class ExecutableNotFound extends Worded {

    private static final long serialVersionUID = 1L;

    public ExecutableNotFound(String message) {
      super(ErrorType.EXECUTABLE_NOT_FOUND, message);
    }

    public ExecutableNotFound(String message, Throwable cause) {
      super(ErrorType.EXECUTABLE_NOT_FOUND, message, cause);
    }
  }

  /** The server cannot work until someone repairs it; Diego gives up on this kind. */
  public static final class Unrecoverable extends Worded {

    private static final long serialVersionUID = 1L;

    public Unrecoverable(String message) {
      super(ErrorType.UNRECOVERABLE, message);
    }

    public Unrecoverable(String message, Throwable cause) {
      super(ErrorType.UNRECOVERABLE, message, cause);
    }
  }

  /** The server cannot do it now. */
  public static final class ServiceUnavailable extends Worded {

    private static final long serialVersionUID = 1L;

    public ServiceUnavailable(String message) {
      super(ErrorType.SERVICE_UNAVAILABLE, message);
    }

    public ServiceUnavailable(String message, Throwable cause) {
      super(ErrorType.SERVICE_UNAVAILABLE, message, cause);
    }
  }

  /** Any other failure; its type on the wire is empty. */
  public static final class Failure extends Worded {

    private static final long serialVersionUID = 1L;

    private final String loggable;

    private Failure(String message, String loggable) {
      super(ErrorType.NONE, message);
      this.loggable = loggable;
    }

    private Failure(String message, String loggable, Throwable cause) {
      super(ErrorType.NONE, message, cause);
      this.loggable = loggable;
    }

    @Override
    public String loggable() {
      return loggable;
    }
  }
}
