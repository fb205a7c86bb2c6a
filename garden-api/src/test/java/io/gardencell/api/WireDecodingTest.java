package io.gardencell.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Go's decoder makes of a body, and how its refusals read. */
class WireDecodingTest {

  private static final String FULL =
      """
      {"handle":"app-1","grace_time":1000000000,"image":{"uri":"oci:///C:/rootfs","username":"u",\
      "password":"p"},"bind_mounts":[{"src_path":"C:\\\\host","dst_path":"C:\\\\in","mode":1}],\
      "properties":{"executor:owner":"cell-1"},"env":["A=1"],"privileged":true,\
      "limits":{"bandwidth_limits":{},\
      "cpu_limits":{"weight":256},"disk_limits":{"byte_hard":1073741824},"memory_limits":\
      {"limit_in_bytes":268435456},"pid_limits":{}},"netout_rules":[{"protocol":1,"networks":\
      [{"start":"8.8.8.8","end":"8.8.8.8"}],"ports":[{"start":53,"end":53}],"log":true}],\
      "netin":[{"host_port":0,"container_port":8080}]}
      """;

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static ContainerSpec spec(String json) {
    return WireJson.decode(utf8(json), ContainerSpec.class);
  }

  @Test
  void theFullSpecificationMeansWhatTheProtocolSays() {
    ContainerSpec spec = spec(FULL);

    assertThat(spec.handle()).isEqualTo("app-1");
    assertThat(spec.graceTime()).isEqualTo(Duration.ofSeconds(1));
    assertThat(spec.image()).isEqualTo(new ImageRef("oci:///C:/rootfs", "u", "p"));
    assertThat(spec.bindMounts()).containsExactly(new BindMount("C:\\host", "C:\\in", 1, 0));
    assertThat(spec.properties()).isEqualTo(Map.of("executor:owner", "cell-1"));
    assertThat(spec.env()).containsExactly("A=1");
    assertThat(spec.privileged()).isTrue();
    assertThat(spec.limits().cpu().weight()).isEqualTo(256);
    assertThat(spec.limits().disk().byteHard()).isEqualTo(1 << 30);
    assertThat(spec.limits().memory().limitInBytes()).isEqualTo(1 << 28);
    IpAddress dns = IpAddress.parse("8.8.8.8");
    assertThat(spec.netOut())
        .containsExactly(
            new NetOutRule(
                1, List.of(new IpRange(dns, dns)), List.of(new PortRange(53, 53)), null, true));
    assertThat(spec.netIn()).containsExactly(new NetIn(0, 8080));
  }

  @Test
  void theFullSpecificationIsWrittenAsItWasRead() {
    assertThat(new String(WireJson.encode(spec(FULL)), StandardCharsets.UTF_8)).isEqualTo(FULL);
  }

  @Test
  void everyBeginningOfABodyIsAnUnexpectedEnd() {
    String json =
        "{\"a\":true,\"b\":[false,null,-1],\"c\":\"\\u00e9\\ud83d\\ude00\",\"d\":{\"e\":1}}";

    for (int end = 1; end < json.length(); end++) {
      String beginning = json.substring(0, end);
      assertThatThrownBy(() -> spec(beginning))
          .as(beginning)
          .isInstanceOf(GardenException.Failure.class)
          .hasMessage("unexpected EOF");
    }
  }

  // Go looks for the end of a value before it looks into it
  @ParameterizedTest
  @ValueSource(
      strings = {"[", "\"", "{\"handle\":5", "{\"handle\":5,\"x\":{\"y\":[\"", "{\"env\":[1,"})
  void theEndIsMissedBeforeATypeIs(String json) {
    assertThatThrownBy(() -> spec(json)).hasMessage("unexpected EOF");
  }

  @Test
  void whatIsNoJsonIsToldBeforeATypeIs() {
    assertThatThrownBy(() -> spec("{\"handle\":5,\"env\":[}]}"))
        .hasMessageStartingWith("invalid request: malformed JSON: ");
    assertThatThrownBy(() -> spec("{\"handle\":5} }{"))
        .hasMessage("invalid request: handle: 5 is not a string");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'handle':5} | handle: 5 is not a string",
        "{'handle':{}} | handle: an object is not a string",
        "[] | a list is not an object",
        "{'env':'SECRET=x'} | env: a string is not a list",
        "{'env':['a',1]} | env[1]: 1 is not a string",
        "{'properties':{'a':1}} | properties.a: 1 is not a string",
        "{'properties':[]} | properties: a list is not an object",
        "{'privileged':'true'} | privileged: \"true\" is not true or false",
        "{'grace_time':1e9} | grace_time: 1e9 is not an integer number of nanoseconds",
        "{'grace_time':1000000000.0} | grace_time: 1000000000.0 is not an integer number of nanoseconds",
        "{'grace_time':9223372036854775808} | grace_time: 9223372036854775808 is not an integer number of nanoseconds",
        "{'BIND_MOUNTS':[{},{'mode':'RW'}]} | bind_mounts[1].mode: \"RW\" is not an unsigned 8-bit integer",
        "{'netin':[{'host_port':4294967296}]} | netin[0].host_port: 4294967296 is not an unsigned 32-bit integer",
        "{'netout_rules':[{'ports':[{'start':70000}]}]} | netout_rules[0].ports[0].start: 70000 is not an unsigned 16-bit integer",
        "{'netout_rules':[{'networks':[{'end':'1.2.3'}]}]} | netout_rules[0].networks[0].end: invalid IP address: 1.2.3",
        "{'netout_rules':[{'networks':[{'end':5}]}]} | netout_rules[0].networks[0].end: 5 is not an IP address as text",
        "{'limits':{'pid_limits':{'max':-0}}} | limits.pid_limits.max: -0 is not an unsigned 64-bit integer",
        "{'limits':{'pid_limits':7}} | limits.pid_limits: 7 is not an object",
      })
  void refusalsNameTheFieldTheValueAndWhatWasExpected(String json, String problem) {
    assertThatThrownBy(() -> spec(json.replace('\'', '"')))
        .isInstanceOf(GardenException.Failure.class)
        .hasMessage("invalid request: " + problem);
  }

  @Test
  void repeatedObjectsMergeAtAnyDepthAndInAnyLetterCase() {
    ContainerSpec spec =
        spec(
            """
            {"limits":{"cpu_limits":{"weight":1},"memory_limits":{"limit_in_bytes":2}},
             "Limits":{"CPU_limits":{"limit_in_shares":3}},
             "env":["A=1","B=2"],"env":["C=3"],"limits":null}
            """);

    assertThat(spec.limits().cpu()).isEqualTo(new CpuLimits(1, 3));
    assertThat(spec.limits().memory().limitInBytes()).isEqualTo(2);
    assertThat(spec.env()).containsExactly("C=3");
  }

  @Test
  void keysOfMapsKeepTheirLetterCase() {
    assertThat(spec("{\"properties\":{\"A\":\"1\",\"a\":null}}").properties())
        .isEqualTo(Map.of("A", "1", "a", ""));
  }

  @Test
  void bytesThatAreNotUtf8AndHalvesOfPairsBecomeReplacementCharacters() {
    byte[] body = utf8("{\"handle\":\"x?y\",\"properties\":{\"k?\":\"\\ud800\"}}");
    body[12] = (byte) 0xff;
    body[32] = (byte) 0xff;

    ContainerSpec spec = WireJson.decode(body, ContainerSpec.class);

    assertThat(spec.handle()).isEqualTo("x\ufffdy");
    assertThat(spec.properties()).isEqualTo(Map.of("k\ufffd", "\ufffd"));
  }

  @Test
  void halvesOfPairsInKeysBecomeReplacementCharactersToo() {
    assertThat(spec("{\"properties\":{\"\\ud800\":\"\\udc00\"},\"\\udfff\":1}").properties())
        .isEqualTo(Map.of("\ufffd", "\ufffd"));
    assertThat(
            spec("{\"properties\":{\"\\ud83d\\ude00\\\\ud800\":\"\\ud800\\ud83d\\ude00\"}}")
                .properties())
        .isEqualTo(Map.of("\ud83d\ude00\\ud800", "\ufffd\ud83d\ude00"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\t\r  \n"})
  void nothingButWhiteSpaceIsTheEndOfInput(String body) {
    assertThatThrownBy(() -> spec(body)).hasMessage("EOF");
  }

  // Beside "env" there may be what neither we nor Go know; it has no bounds but the body's
  @Test
  void whatNobodyReadsMayHaveAnyLength() {
    String digits = "1".repeat(100_000);

    assertThat(spec("{\"x\":" + digits + ",\"y\":[-" + digits + ".5e7],\"handle\":\"h\"}").handle())
        .isEqualTo("h");
    assertThat(
            spec("{\"k" + digits + "\":1,\"properties\":{\"" + digits + "\":\"v\"}}").properties())
        .isEqualTo(Map.of(digits, "v"));
  }

  @Test
  void whatIsNoAddressIsNotRepeatedWhole() {
    String text = "1".repeat(1_000_000);

    assertThatThrownBy(
            () -> spec("{\"netout_rules\":[{\"networks\":[{\"start\":\"" + text + "\"}]}]}"))
        .hasMessageStartingWith("invalid request: netout_rules[0].networks[0].start: invalid IP")
        .message()
        .hasSizeLessThan(400);
  }

  @Test
  void numbersOfEnumerationsBeyondTheirTablesAreKept() {
    NetOutRule rule = WireJson.decode(utf8("{\"protocol\":255,\"icmps\":{}}"), NetOutRule.class);
    ProcessPayload payload =
        WireJson.decode(
            utf8("{\"source\":-9223372036854775808,\"signal\":9223372036854775807}"),
            ProcessPayload.class);

    assertThat(rule.protocol()).isEqualTo(255);
    assertThat(rule.icmps()).isEqualTo(new IcmpControl(0, null));
    assertThat(payload.source()).isEqualTo(Long.MIN_VALUE);
    assertThat(payload.signal()).isEqualTo(Long.MAX_VALUE);
    assertThat(spec("{\"bind_mounts\":[{\"mode\":7,\"origin\":255}]}").bindMounts())
        .containsExactly(new BindMount("", "", 7, 255));
  }

  @Test
  void presenceAloneHasAMeaningWhereTheProtocolSaysSo() {
    ProcessSpec present =
        WireJson.decode(
            utf8("{\"limits\":{},\"tty\":{},\"bind_mounts\":[],\"rlimits\":{\"nofile\":0}}"),
            ProcessSpec.class);
    ProcessSpec absent =
        WireJson.decode(
            utf8(
                "{\"limits\":null,\"tty\":null,\"bind_mounts\":null,\"rlimits\":{\"nofile\":null}}"),
            ProcessSpec.class);

    assertThat(present.limits()).isNotNull();
    assertThat(present.tty()).isEqualTo(new TtySpec(null));
    assertThat(present.bindMounts()).isNotNull().isEmpty();
    assertThat(present.rlimits().nofile()).isZero();
    assertThat(absent).isEqualTo(ProcessSpec.of(""));
  }

  @Test
  void aNullInAListIsTheZeroValue() {
    assertThat(spec("{\"netin\":[null]}").netIn()).containsExactly(new NetIn(0, 0));
    assertThat(WireJson.decodeList(utf8("[null]"), NetOutRule.class))
        .containsExactly(new NetOutRule(0, List.of(), List.of(), null, false));
  }

  @Test
  void answersOfAServerAreReadLikewiseAndSaySoWhenTheyCannotBe() {
    Map<String, ContainerInfoEntry> entries =
        WireJson.decodeAnswerMap(
            utf8(
                """
                {"a":{"Info":{"State":"active","Events":null,"MappedPorts":[{"HostPort":40000,"ContainerPort":8080}]},"Err":null},
                 "b":{"Info":{"MappedPorts":null},"Err":{"Type":"","Message":"boom"}}}
                """),
            ContainerInfoEntry.class);

    assertThat(Objects.requireNonNull(entries.get("a")).info().mappedPorts())
        .containsExactly(new MappedPort(40000, 8080));
    assertThat(entries.get("b"))
        .isEqualTo(ContainerInfoEntry.failed(GardenException.failure("boom")));
    assertThat(WireJson.decodeAnswerMap(utf8("null"), ContainerInfoEntry.class)).isEmpty();
    assertThatThrownBy(() -> WireJson.decodeAnswer(utf8("404 page not found\n"), ErrorBody.class))
        .hasMessageStartingWith("bad response: ");
    assertThatThrownBy(() -> WireJson.decodeAnswer(new byte[0], ErrorBody.class))
        .hasMessage("bad response: EOF");
  }

  @Test
  void metricsOfAnOldServerHaveZerosForWhatItDidNotSend() {
    assertThat(WireJson.decodeAnswer(utf8("{}"), Metrics.class)).isEqualTo(Metrics.NONE);
  }
}
