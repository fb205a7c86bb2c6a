package io.gardencell.hcs.golden;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.HcsJson;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;

/** What a {@link RecordingHost} was asked, and the failures it is to make. Any thread. */
final class Tape {

  private final List<RecordedCall> calls = new CopyOnWriteArrayList<>();
  private volatile FaultRules faults = FaultRules.of("");

  void load(FaultRules rules) {
    faults = rules;
  }

  void clear() {
    calls.clear();
  }

  List<RecordedCall> calls() {
    return List.copyOf(calls);
  }

  static ObjectNode args() {
    return GoldenVector.JSON.createObjectNode();
  }

  static JsonNode tree(Object document) {
    return json(HcsJson.write(document));
  }

  static JsonNode json(String text) {
    try {
      return GoldenVector.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A call that succeeds or fails at once. */
  <T> T call(String function, String subject, ObjectNode args, Supplier<T> action) {
    return call(function, subject, args, 0, action, result -> MissingNode.getInstance());
  }

  /** The same without a result. */
  void change(String function, String subject, ObjectNode args, Runnable action) {
    call(
        function,
        subject,
        args,
        () -> {
          action.run();
          return true;
        });
  }

  /** A call with what it gave, or what completes by a notification if {@code success} says so. */
  <T> T call(
      String function,
      String subject,
      ObjectNode args,
      long success,
      Supplier<T> action,
      Function<T, JsonNode> out) {
    Optional<FaultRules.Fault> fault = due(function, subject);
    if (fault.isPresent()) {
      FaultRules.Fault due = fault.get();
      boolean answered = due.kind() != FaultRules.Fault.Kind.AT_ONCE;
      add(function, args, answered ? success : due.hresult(), MissingNode.getInstance());
      throw refusal(function, subject, due);
    }
    try {
      T result = action.get();
      add(function, args, success, out.apply(result));
      return result;
    } catch (HcsException refused) {
      add(function, args, hresult(refused), MissingNode.getInstance());
      throw refused;
    }
  }

  Optional<FaultRules.Fault> due(String function, String subject) {
    FaultRules rules = faults;
    synchronized (rules) {
      return rules.hit(function, subject);
    }
  }

  void add(String function, ObjectNode args, long hresult, JsonNode out) {
    calls.add(new RecordedCall(function, args, hresult, out));
  }

  static HcsException refusal(String function, String subject, FaultRules.Fault fault) {
    if (fault.kind() == FaultRules.Fault.Kind.HNS) {
      int code =
          fault.text().toLowerCase(java.util.Locale.ROOT).contains("not found")
              ? HcsErrors.NOT_FOUND
              : HcsErrors.INVALID_PARAMETER;
      return new HcsException(
          function, subject, code, "hns failed with error : " + fault.text(), List.of());
    }
    if (fault.hresult() == 0) {
      throw new IllegalArgumentException(function + ": cannot succeed without being done");
    }
    int code = HcsErrors.codeOf((int) fault.hresult());
    if (function.equals("HNSCall")) {
      String text =
          "failed during hnsCallRawResponse: hnsCall failed in Win32: %s (0x%x)"
              .formatted(HcsErrors.text(code), code);
      return new HcsException(function, subject, code, text, List.of());
    }
    if (function.endsWith("IpInterfaceEntry")) {
      String text = "%s: 0x%x".formatted(function, code);
      return new HcsException(function, subject, code, text, List.of());
    }
    return new HcsException(function, subject, code);
  }

  /** HNS's own refusals are answers of a call that succeeded. */
  private static long hresult(HcsException refused) {
    if (String.valueOf(refused.getMessage()).startsWith("hns failed with error : ")) {
      return 0;
    }
    int code = refused.code();
    return code >= 0 && code <= 0xFFFF ? 0x80070000L | code : code & 0xFFFFFFFFL;
  }
}
