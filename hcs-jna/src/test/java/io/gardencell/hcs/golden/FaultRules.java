package io.gardencell.hcs.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Failures the host is told to make: {@code FUNCTION[SELECTOR]=ACTION@WHEN}, separated by {@code ,}
 * or {@code ;}. A selector is a prefix of what the call is about; WHEN is {@code n}, {@code n+} or
 * {@code *}. One thread at a time.
 */
public final class FaultRules {

  private static final Pattern RULE =
      Pattern.compile("([A-Za-z]+)(?:\\[(.*?)](?==))?=(.+?)(?:@(\\d+\\+?|\\*))?");
  private static final Pattern SEPARATOR = Pattern.compile("[,;](?=[A-Za-z]+(?:\\[[^=]*])?=)");

  private final List<Rule> rules = new ArrayList<>();

  /** Reads rules; empty text means none. */
  public static FaultRules of(String text) {
    FaultRules faults = new FaultRules();
    for (String rule : text.isEmpty() ? new String[0] : SEPARATOR.split(text)) {
      Matcher parts = RULE.matcher(rule);
      if (!parts.matches()) {
        throw new IllegalArgumentException("fault rule: " + rule + " (expected: NAME=ACTION@WHEN)");
      }
      faults.rules.add(
          new Rule(
              parts.group(1),
              parts.group(2) == null ? "" : parts.group(2),
              Fault.of(parts.group(3)),
              parts.group(4) == null ? "*" : parts.group(4)));
    }
    return faults;
  }

  /** The failure of this call, if one is due. */
  Optional<Fault> hit(String function, String subject) {
    Optional<Fault> due = Optional.empty();
    for (Rule rule : rules) {
      if (rule.function.equals(function) && subject.startsWith(rule.selector) && rule.isDue()) {
        due = due.isPresent() ? due : Optional.of(rule.fault);
      }
    }
    return due;
  }

  /**
   * What goes wrong.
   *
   * @param kind at once, in the completion, or in HNS's answer
   * @param hresult the code, unsigned 32 bits; 0 for HNS
   * @param text HNS's error; else empty
   */
  record Fault(Kind kind, long hresult, String text) {

    enum Kind {
      AT_ONCE,
      IN_COMPLETION,
      HNS
    }

    static Fault of(String action) {
      if (action.startsWith("hns:")) {
        return new Fault(Kind.HNS, 0, action.substring(4));
      }
      if (action.startsWith("async:")) {
        return new Fault(Kind.IN_COMPLETION, Long.decode(action.substring(6)), "");
      }
      return new Fault(Kind.AT_ONCE, Long.decode(action), "");
    }
  }

  private static final class Rule {
    private final String function;
    private final String selector;
    private final Fault fault;
    private final String when;
    private int seen;

    Rule(String function, String selector, Fault fault, String when) {
      this.function = function;
      this.selector = selector;
      this.fault = fault;
      this.when = when;
    }

    boolean isDue() {
      seen++;
      if (when.equals("*")) {
        return true;
      }
      return when.endsWith("+")
          ? seen >= Integer.parseInt(when.substring(0, when.length() - 1))
          : seen == Integer.parseInt(when);
    }
  }
}
