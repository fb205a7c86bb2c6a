package io.gardencell.api;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonMappingException;
import java.io.IOException;

/** Says what was found in place of what was expected, in the words of an operator. */
final class Mismatch {

  private static final int LONGEST_SHOWN = 60;

  private Mismatch() {}

  /** The value at the parser is not of the expected kind; names scalars by their text. */
  static JsonMappingException at(JsonParser parser, String expected) throws IOException {
    return JsonMappingException.from(parser, found(parser, true) + " is not " + expected);
  }

  /** As {@link #at}, without the text of a string, which may be a secret in the wrong place. */
  static JsonMappingException unquotedAt(JsonParser parser, String expected) throws IOException {
    return JsonMappingException.from(parser, found(parser, false) + " is not " + expected);
  }

  private static String found(JsonParser parser, boolean quoteStrings) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> quoteStrings ? '"' + abbreviated(parser.getText()) + '"' : "a string";
      default -> abbreviated(parser.getText());
    };
  }

  private static String abbreviated(String text) {
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
  }
}
