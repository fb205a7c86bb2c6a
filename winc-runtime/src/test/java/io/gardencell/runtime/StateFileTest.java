package io.gardencell.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateFileTest {

  private static final Path FILE = Path.of("c1", "state.json");

  // winc-runtime.md §8.1
  @Test
  void theReferencesFileIsReadAndWrittenAlike() {
    String json =
        "{\"bundle\":\"C:\\\\depot\\\\c1\",\"pid\":1234,"
            + "\"start_time\":{\"LowDateTime\":3254013598,\"HighDateTime\":31292382},"
            + "\"exec_failed\":false}";

    StateFile state = StateFile.parse(json, FILE);

    assertThat(state.pid()).isEqualTo(1234);
    assertThat(state.startTime()).isEqualTo(31292382L << 32 | 3254013598L);
    assertThat(state.json()).isEqualTo(json);
  }

  @Test
  void whatIsAbsentOrNullIsUnset() {
    assertThat(StateFile.parse("{\"pid\":null,\"start_time\":null}", FILE))
        .isEqualTo(StateFile.created(""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"pid":"12"}                             | pid: "12" (expected: a whole number from 0 to 4294967295)
          {"PID":1.5}                              | pid: 1.5 (expected: a whole number from 0 to 4294967295)
          {"pid":-1}                               | pid: -1 (expected: a whole number from 0 to 4294967295)
          {"pid":18446744073709551616}             | pid: 18446744073709551616 (expected: a whole number from 0 to 4294967295)
          {"bundle":7}                             | bundle: 7 (expected: a string)
          {"bundle":"a\\u0000"}                    | bundle: "a\\u0000" (expected: a path)
          {"start_time":5}                         | start_time: 5 (expected: an object)
          {"start_time":{"LowDateTime":4294967296}} | LowDateTime: 4294967296 (expected: a whole number from 0 to 4294967295)
          {"exec_failed":"no"}                     | exec_failed: "no" (expected: true or false)
          {"mounted_volume":[]}                    | mounted_volume: [] (expected: a string)
          """)
  void aValueOfTheWrongTypeIsNamedWithItsFile(String json, String complaint) {
    assertThatThrownBy(() -> StateFile.parse(json, FILE))
        .hasMessage(FILE + ": " + complaint.replace("\\u0000", "\0"));
  }

  @Test
  void aDocumentThatIsNoObjectIsRefused() {
    assertThatThrownBy(() -> StateFile.parse("[1]", FILE))
        .hasMessage(FILE + ": [1] (expected: an object)");
  }

  @Test
  void membersWeDoNotKnowStayInTheFile() {
    StateFile state = StateFile.parse("{\"bundle\":\"b\",\"Note\":{\"by\":\"an operator\"}}", FILE);

    assertThat(state.started(5, 1L << 32 | 2, "v").json())
        .isEqualTo(
            "{\"bundle\":\"b\",\"pid\":5,\"start_time\":{\"LowDateTime\":2,\"HighDateTime\":1},"
                + "\"exec_failed\":false,\"mounted_volume\":\"v\",\"Note\":{\"by\":\"an operator\"}}");
    assertThat(state.failed().others()).containsOnlyKeys("Note");
    assertThat(state.ended(5, "v").others()).containsOnlyKeys("Note");
  }
}
