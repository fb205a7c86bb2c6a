package io.gardencell.server.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.ErrorBody;
import io.gardencell.api.GardenException;
import io.gardencell.api.IcmpControl;
import io.gardencell.api.NetOutRule;
import io.gardencell.server.route.RawClient.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CreateRequestTest extends ServedTest {

  // garden-api.md §15 case 8
  @Test
  void createNeedsNoContentType() throws IOException {
    Reply reply = connect().call("POST", "/containers", "{}");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).matches("\\{\"Handle\":\"[0-9a-f-]{36}\"}\n");
  }

  // garden-api.md §15 cases 9 and 14
  @ParameterizedTest
  @ValueSource(strings = {"null", "{} trailing garbage"})
  void bodiesLikeAnEmptyObjectCreate(String body) throws IOException {
    assertThat(connect().call("POST", "/containers", body).status()).isEqualTo(200);
  }

  // garden-api.md §15 case 9
  @Test
  void anEmptyBodyIsEof() throws IOException {
    assertThat(connect().call("POST", "/containers", "").body())
        .isEqualTo(
            "{\"Type\":\"\",\"Message\":\"EOF\",\"Handle\":\"\",\"ProcessID\":\"\",\"Binary\":\"\"}\n");
  }

  // garden-api.md §15 cases 9, 10, 11 and 15
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"handle\":\"a\"",
        "[]",
        "nope",
        "{\"handle\":5}",
        "{\"properties\":{\"a\":1}}",
        "{\"bind_mounts\":[{\"mode\":\"RW\"}]}",
        "{\"privileged\":\"true\"}",
        "{\"grace_time\":1e9}",
        "{\"grace_time\":-5}",
        "{\"limits\":{\"memory_limits\":{\"limit_in_bytes\":-5}}}",
        "{\"limits\":{\"memory_limits\":{\"limit_in_bytes\":1.5}}}",
        "{\"limits\":{\"memory_limits\":{\"limit_in_bytes\":18446744073709551616}}}"
      })
  void badBodiesAreErrorsAndNeverReachTheBackend(String body) throws IOException {
    Reply reply = connect().call("POST", "/containers", body);

    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.body()).startsWith("{\"Type\":\"\",\"Message\":\"");
    assertThat(backend.created).isEmpty();
  }

  // garden-api.md §15 case 12
  @Test
  void keysMatchInAnyLetterCaseAndGraceTimeIsNanoseconds() throws IOException {
    connect().call("POST", "/containers", "{\"HANDLE\":\"X\",\"Grace_Time\":5,\"unknown\":1}");

    assertThat(backend.created).hasSize(1);
    assertThat(backend.created.get(0).handle()).isEqualTo("X");
    assertThat(backend.created.get(0).graceTime()).isEqualTo(Duration.ofNanos(5));
  }

  // garden-api.md §15 case 11
  @Test
  void unsigned64BitValuesArriveWhole() throws IOException {
    connect()
        .call(
            "POST",
            "/containers",
            "{\"limits\":{\"memory_limits\":{\"limit_in_bytes\":18446744073709551615}}}");

    assertThat(Long.toUnsignedString(backend.created.get(0).limits().memory().limitInBytes()))
        .isEqualTo("18446744073709551615");
  }

  // garden-api.md §15 case 13
  @Test
  void repeatedMapsMergeAndNullsInListsAreEmptyTexts() throws IOException {
    connect()
        .call(
            "POST",
            "/containers",
            "{\"properties\":{\"a\":\"1\"},\"properties\":{\"b\":\"2\"},\"env\":[\"A=1\",null]}");

    assertThat(backend.created).hasSize(1);
    assertThat(backend.created.get(0).properties()).isEqualTo(Map.of("a", "1", "b", "2"));
    assertThat(backend.created.get(0).env()).containsExactly("A=1", "");
  }

  // garden-api.md §15 cases 16 and 17
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"networks\":[{\"start\":\"01.2.3.4\"}]}",
        "{\"networks\":[{\"start\":\"1.2.3\"}]}",
        "{\"networks\":[{\"start\":5}]}",
        "{\"networks\":[{\"start\":\"fe80::1%eth0\"}]}",
        "{\"ports\":[{\"start\":70000}]}",
        "{\"protocol\":300}",
        "{\"protocol\":\"tcp\"}",
        "{\"icmps\":{\"type\":256}}"
      })
  void badRulesNeverReachTheBackend(String rule) throws IOException {
    Reply reply = connect().call("POST", "/containers", "{\"netout_rules\":[" + rule + "]}");

    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.body()).contains("\"Message\":\"invalid request: netout_rules[0].");
    assertThat(backend.created).isEmpty();
  }

  // garden-api.md §15 cases 16 and 17
  @Test
  void rulesArriveAsTheyAreMeant() throws IOException {
    connect()
        .call(
            "POST",
            "/containers",
            "{\"netout_rules\":["
                + "{\"protocol\":4,\"networks\":[{\"start\":\"::ffff:1.2.3.4\",\"end\":\"\"}]},"
                + "{\"icmps\":{\"type\":0,\"code\":null}},{\"icmps\":{\"type\":0,\"code\":0}}]}");

    List<NetOutRule> rules = backend.created.get(0).netOut();
    assertThat(rules.get(0).protocol()).isEqualTo(4);
    assertThat(rules.get(0).networks().get(0).start()).hasToString("1.2.3.4");
    assertThat(rules.get(0).networks().get(0).end()).isNull();
    assertThat(rules.get(1).icmps()).isEqualTo(new IcmpControl(0, null));
    assertThat(rules.get(2).icmps()).isEqualTo(new IcmpControl(0, 0));
  }

  // garden-api.md §15 case 23
  @ParameterizedTest
  @ValueSource(
      strings = {"ServiceUnavailableError", "UnrecoverableError", "ExecutableNotFoundError"})
  void aTypedFailureKeepsItsTypeAndIsA500(String type) throws IOException {
    backend.onCreate =
        () -> {
          throw GardenException.of(new ErrorBody(type, "no", "", "", ""));
        };

    Reply reply = connect().call("POST", "/containers", "{}");

    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.body()).startsWith("{\"Type\":\"" + type + "\",\"Message\":\"no\"");
  }
}
