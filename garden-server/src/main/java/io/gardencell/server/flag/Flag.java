package io.gardencell.server.flag;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * One flag of the daemon.
 *
 * @param name without dashes; also the key in a configuration file
 * @param expected what its value looks like
 * @param value from the texts given, at least one and in order; throws {@link
 *     IllegalArgumentException} for texts that are no such value
 * @param initial the value when the flag is not given
 * @param isSwitch whether it stands for itself, without a value
 * @param effect what becomes of it
 * @param help one line for an operator
 */
public record Flag<T>(
    String name,
    String expected,
    Function<List<String>, T> value,
    T initial,
    boolean isSwitch,
    boolean isRepeatable,
    Effect effect,
    String help) {

  /** What becomes of a flag. */
  public enum Effect {
    /** It does what it says. */
    WORKS("works"),
    /** Checked and without effect: what it is for does not exist on this kind of cell. */
    INERT("accepted, without effect"),
    /** Checked and without effect so far. */
    NOT_YET("accepted, not there yet");

    private final String text;

    Effect(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  static <T> Flag<T> of(String name, FlagType<T> type, T initial, Effect effect, String help) {
    return new Flag<>(
        name,
        type.expected(),
        texts -> type.one().apply(texts.get(texts.size() - 1)),
        initial,
        type == FlagType.SWITCH,
        false,
        effect,
        help);
  }

  static Flag<Boolean> ofSwitch(String name, Effect effect, String help) {
    return of(name, FlagType.SWITCH, false, effect, help);
  }

  static <T> Flag<List<T>> ofList(String name, FlagType<T> type, Effect effect, String help) {
    return new Flag<>(
        name,
        type.expected(),
        texts -> texts.stream().map(type.one()).toList(),
        List.of(),
        false,
        true,
        effect,
        help);
  }

  /** The default as an operator reads it; empty for none. */
  String initialText() {
    if (isSwitch) {
      return "";
    }
    String text =
        initial instanceof Duration time ? GoDuration.text(time) : String.valueOf(initial);
    return text.equals("[]") || text.equals("Optional.empty") ? "" : text;
  }
}
