package io.gardencell.hcs.document;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;

/** The document HCS gives beside a code (hcsshim: internal/hcs/errors.go). */
public record ResultDocument(
    @JsonProperty("Error") int error,
    @JsonProperty("ErrorMessage") String errorMessage,
    @JsonProperty("ErrorEvents") List<ErrorEvent> errorEvents) {

  public ResultDocument {
    errorMessage = SystemDocument.text(errorMessage);
    errorEvents = SystemDocument.list(errorEvents);
  }

  /** The error events of a result text; none for text that is absent or not such a document. */
  public static List<String> events(String json) {
    if (json.isBlank()) {
      return List.of();
    }
    try {
      return HcsJson.read(json, ResultDocument.class).errorEvents().stream()
          .map(ErrorEvent::toString)
          .toList();
    } catch (IllegalArgumentException notADocument) {
      return List.of();
    }
  }

  /** One event. */
  public record ErrorEvent(
      @JsonProperty("Message") String message,
      @JsonProperty("StackTrace") String stackTrace,
      @JsonProperty("Provider") String provider,
      @JsonProperty("EventId") int eventId,
      @JsonProperty("Flags") long flags,
      @JsonProperty("Source") String source) {

    public ErrorEvent {
      message = SystemDocument.text(message);
      stackTrace = SystemDocument.text(stackTrace);
      provider = SystemDocument.text(provider);
      source = SystemDocument.text(source);
    }

    /** The form hcsshim prints: parts only when present. */
    @Override
    public String toString() {
      List<String> parts = new ArrayList<>();
      parts.add("[Event Detail: " + message);
      if (!stackTrace.isEmpty()) {
        parts.add("Stack Trace: " + stackTrace);
      }
      if (!provider.isEmpty()) {
        parts.add("Provider: " + provider);
      }
      if (eventId != 0) {
        parts.add("EventID: " + eventId);
      }
      if (flags != 0) {
        parts.add("flags: " + flags);
      }
      if (!source.isEmpty()) {
        parts.add("Source: " + source);
      }
      return String.join(" ", parts) + "]";
    }
  }
}
