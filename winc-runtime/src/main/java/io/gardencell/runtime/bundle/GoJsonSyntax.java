package io.gardencell.runtime.bundle;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Finds the first syntax error of a JSON text and words it as the reference's decoder does (Source:
 * Go: encoding/json scanner). Works on bytes as that does. One thread, one text.
 */
public final class GoJsonSyntax {

  private static final int END = -1;

  private final byte[] text;
  private int at;

  private GoJsonSyntax(String text) {
    this.text = text.getBytes(StandardCharsets.UTF_8);
  }

  /** The error in a text; empty if it is JSON. */
  public static Optional<String> error(String text) {
    GoJsonSyntax syntax = new GoJsonSyntax(text);
    try {
      syntax.value();
      if (syntax.next() != END) {
        throw syntax.unexpected("after top-level value");
      }
      return Optional.empty();
    } catch (Invalid e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private void value() throws Invalid {
    int c = next();
    switch (c) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> literal("true");
      case 'f' -> literal("false");
      case 'n' -> literal("null");
      default -> {
        if (c != '-' && !isDigit(c)) {
          throw unexpected("looking for beginning of value");
        }
        number();
      }
    }
  }

  private void object() throws Invalid {
    at++;
    if (next() == '}') {
      at++;
      return;
    }
    while (true) {
      if (next() != '"') {
        throw unexpected("looking for beginning of object key string");
      }
      string();
      if (next() != ':') {
        throw unexpected("after object key");
      }
      at++;
      value();
      int c = next();
      if (c != ',' && c != '}') {
        throw unexpected("after object key:value pair");
      }
      at++;
      if (c == '}') {
        return;
      }
    }
  }

  private void array() throws Invalid {
    at++;
    if (next() == ']') {
      at++;
      return;
    }
    while (true) {
      value();
      int c = next();
      if (c != ',' && c != ']') {
        throw unexpected("after array element");
      }
      at++;
      if (c == ']') {
        return;
      }
    }
  }

  private void string() throws Invalid {
    at++;
    for (int c = here(); c != '"'; c = here()) {
      if (c == END || c < 0x20) {
        throw unexpected("in string literal");
      }
      at++;
      if (c == '\\') {
        escape();
      }
    }
    at++;
  }

  private void escape() throws Invalid {
    int c = here();
    if (c == 'u') {
      at++;
      for (int digit = 0; digit < 4; digit++) {
        if (here() == END || Character.digit(here(), 16) < 0) {
          throw unexpected("in \\u hexadecimal character escape");
        }
        at++;
      }
    } else if (c == END || "bfnrt\\/\"".indexOf(c) < 0) {
      throw unexpected("in string escape code");
    } else {
      at++;
    }
  }

  private void number() throws Invalid {
    if (here() == '-') {
      at++;
      if (!isDigit(here())) {
        throw unexpected("in numeric literal");
      }
    }
    if (here() == '0') {
      at++;
    } else {
      digits();
    }
    if (here() == '.') {
      at++;
      if (!isDigit(here())) {
        throw unexpected("after decimal point in numeric literal");
      }
      digits();
    }
    if (here() == 'e' || here() == 'E') {
      at++;
      if (here() == '+' || here() == '-') {
        at++;
      }
      if (!isDigit(here())) {
        throw unexpected("in exponent of numeric literal");
      }
      digits();
    }
  }

  private void digits() {
    while (isDigit(here())) {
      at++;
    }
  }

  private void literal(String word) throws Invalid {
    for (int i = 0; i < word.length(); i++) {
      if (here() != word.charAt(i)) {
        throw unexpected("in literal %s (expecting '%c')".formatted(word, word.charAt(i)));
      }
      at++;
    }
  }

  private int next() {
    while (here() == ' ' || here() == '\t' || here() == '\r' || here() == '\n') {
      at++;
    }
    return here();
  }

  private int here() {
    return at < text.length ? text[at] & 0xFF : END;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private Invalid unexpected(String context) {
    int c = here();
    return c == END
        ? new Invalid("unexpected end of JSON input")
        : new Invalid("invalid character %s %s".formatted(quoted(c), context));
  }

  private static String quoted(int c) {
    return switch (c) {
      case '\'' -> "'\\''";
      case '\\' -> "'\\\\'";
      case '\n' -> "'\\n'";
      case '\r' -> "'\\r'";
      case '\t' -> "'\\t'";
      default ->
          c < 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0xAD
              ? "'\\%s%02x'".formatted(c < 0x80 ? "x" : "u00", c)
              : "'" + (char) c + "'";
    };
  }

  private static final class Invalid extends Exception {
    private static final long serialVersionUID = 1L;

    Invalid(String message) {
      super(message);
    }
  }
}
