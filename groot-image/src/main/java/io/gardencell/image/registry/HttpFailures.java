package io.gardencell.image.registry;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;

/** Words for what the HTTP client throws, since some of its exceptions have none. */
final class HttpFailures {

  private HttpFailures() {}

  static String text(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof UnresolvedAddressException || e instanceof UnknownHostException) {
        return "no such host";
      }
    }
    if (isPlainAnswer(failure)) {
      return "http: server gave HTTP response to HTTPS client";
    }
    String message = failure.getMessage();
    if (message != null && message.startsWith("fixed content-length")) {
      return "unexpected EOF";
    }
    if (failure instanceof ConnectException) {
      return "connect: " + (message == null ? "connection refused" : message);
    }
    if (failure instanceof HttpTimeoutException) {
      return message == null ? "timed out" : message;
    }
    Throwable cause = failure.getCause();
    if (message == null && cause != null) {
      return text(cause);
    }
    return message == null ? failure.getClass().getSimpleName() : message;
  }

  /** Whether something that is no TLS answered; worded by the JDK, there is no type for it. */
  private static boolean isPlainAnswer(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return failure instanceof SSLException
        && (message.contains("nrecognized SSL message")
            || message.contains("plaintext connection"));
  }
}
