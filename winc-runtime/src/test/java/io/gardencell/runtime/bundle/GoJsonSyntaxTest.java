package io.gardencell.runtime.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoJsonSyntaxTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '^',
      value = {
        "{~unexpected end of JSON input",
        "^^~unexpected end of JSON input",
        "{\"a\":1~unexpected end of JSON input",
        "\"abc~unexpected end of JSON input",
        "{{{~invalid character '{' looking for beginning of object key string",
        "{\"a\":1,}~invalid character '}' looking for beginning of object key string",
        "{\"a\"1}~invalid character '1' after object key",
        "{\"a\":1 2}~invalid character '2' after object key:value pair",
        "[1,]~invalid character ']' looking for beginning of value",
        "[1 2]~invalid character '2' after array element",
        "{}x~invalid character 'x' after top-level value",
        "nope~invalid character 'o' in literal null (expecting 'u')",
        "-x~invalid character 'x' in numeric literal",
        "1.x~invalid character 'x' after decimal point in numeric literal",
        "1ex~invalid character 'x' in exponent of numeric literal",
        "\"\\q\"~invalid character 'q' in string escape code",
        "\"\\u12g4\"~invalid character 'g' in \\u hexadecimal character escape",
        "'a'~invalid character '\\'' looking for beginning of value",
      })
  void errorsAreWordedAsTheReferencesDecoderDoes(String json, String text) {
    assertThat(GoJsonSyntax.error(json)).contains(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        " [ ] ",
        "{\"a\":[1,-2.5e+3,true,false,null,\"\\u00e9\\n\"],\"b\":{}}",
        "0",
        "\"\u00fc\"",
      })
  void goodTextHasNoError(String json) {
    assertThat(GoJsonSyntax.error(json)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a\nb\""})
  void aLineEndInAStringIsQuoted(String json) {
    assertThat(GoJsonSyntax.error(json)).contains("invalid character '\\n' in string literal");
  }
}
