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

class WireJsonTest {

  private static ContainerSpec spec(String json) {
    return WireJson.decode(json.getBytes(StandardCharsets.UTF_8), ContainerSpec.class);
  }

  private static String text(Object value) {
    return new String(WireJson.encode(value), StandardCharsets.UTF_8);
  }

  @Test
  void nullIsLikeAnEmptyObject() {
    assertThat(spec("null")).isEqualTo(spec("{}"));
    assertThat(spec("{}").image()).isEqualTo(ImageRef.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | EOF",
        "{\"handle\":\"a\" | unexpected EOF",
        "{\"limits\":{\"memory_limits\":{\"limit_in_bytes\":-5}}} | invalid request: limits.memory_limits.limit_in_bytes: -5 is not an unsigned 64-bit integer",
      })
  void whatCannotBeReadIsNamed(String json, String message) {
    assertThatThrownBy(() -> spec(json))
        .isInstanceOf(GardenException.class)
        .hasMessage(message)
        .extracting(e -> ((GardenException) e).status())
        .isEqualTo(500);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "nope",
        "{\"handle\":5}",
        "{\"handle\":true}",
        "{\"handle\":1.5}",
        "{\"properties\":{\"a\":1}}",
        "{\"bind_mounts\":[{\"mode\":\"RW\"}]}",
        "{\"bind_mounts\":[{\"mode\":256}]}",
        "{\"privileged\":\"true\"}",
        "{\"privileged\":1}",
        "{\"limits\":{\"memory_limits\":{\"limit_in_bytes\":1.5}}}",
        "{\"limits\":{\"memory_limits\":{\"limit_in_bytes\":18446744073709551616}}}",
        "{\"limits\":{\"memory_limits\":{\"limit_in_bytes\":\"5\"}}}",
        "{\"limits\":[]}",
        "{\"grace_time\":1e9}",
        "{\"grace_time\":\"5s\"}",
        "{\"netout_rules\":[{\"networks\":[{\"start\":\"01.2.3.4\"}]}]}",
        "{\"netout_rules\":[{\"networks\":[{\"start\":\"1.2.3\"}]}]}",
        "{\"netout_rules\":[{\"networks\":[{\"start\":5}]}]}",
        "{\"netout_rules\":[{\"networks\":[{\"start\":\"fe80::1%eth0\"}]}]}",
        "{\"netout_rules\":[{\"ports\":[{\"start\":70000}]}]}",
        "{\"netout_rules\":[{\"protocol\":300}]}",
        "{\"netout_rules\":[{\"protocol\":\"tcp\"}]}",
        "{\"netin\":[{\"host_port\":-1}]}",
      })
  void wrongTypesAndRangesAreRefused(String json) {
    assertThatThrownBy(() -> spec(json)).isInstanceOf(GardenException.Failure.class);
  }

  @Test
  void theLargestUnsignedValueKeepsItsBitsBothWays() {
    ContainerSpec spec =
        spec("{\"limits\":{\"memory_limits\":{\"limit_in_bytes\":18446744073709551615}}}");

    assertThat(spec.limits().memory().limitInBytes()).isEqualTo(-1L);
    assertThat(text(spec)).contains("\"limit_in_bytes\":18446744073709551615");
  }

  @Test
  void keysMatchInAnyLetterCaseAndUnknownOnesAreIgnored() {
    ContainerSpec spec = spec("{\"HANDLE\":\"X\",\"Grace_Time\":5,\"unknown\":1}");

    assertThat(spec.handle()).isEqualTo("X");
    assertThat(spec.graceTime()).isEqualTo(Duration.ofNanos(5));
  }

  @Test
  void repeatedObjectsMergeAndNullInListsIsEmptyText() {
    assertThat(spec("{\"properties\":{\"a\":\"1\"},\"properties\":{\"b\":\"2\"}}").properties())
        .isEqualTo(Map.of("a", "1", "b", "2"));
    assertThat(spec("{\"env\":[\"A=1\",null]}").env()).containsExactly("A=1", "");
    assertThat(spec("{\"handle\":\"a\",\"handle\":\"b\",\"handle\":null}").handle()).isEqualTo("b");
  }

  @Test
  void whatFollowsTheFirstValueIsIgnored() {
    assertThat(spec("{\"handle\":\"a\"} trailing } garbage").handle()).isEqualTo("a");
  }

  @Test
  void mappedAddressesAreIpv4AndEmptyOnesAbsent() {
    List<NetOutRule> rules =
        WireJson.decodeList(
            "[{\"networks\":[{\"start\":\"::ffff:1.2.3.4\",\"end\":\"\"}],\"icmps\":{\"type\":0,\"code\":0}}]"
                .getBytes(StandardCharsets.UTF_8),
            NetOutRule.class);

    IpRange range = rules.get(0).networks().get(0);
    assertThat(range.start()).hasToString("1.2.3.4");
    assertThat(range.end()).isNull();
    assertThat(Objects.requireNonNull(rules.get(0).icmps()).code()).isZero();
    assertThat(text(rules.get(0)))
        .isEqualTo("{\"networks\":[{\"start\":\"1.2.3.4\"}],\"icmps\":{\"code\":0}}\n");
    assertThat(WireJson.decodeList("null".getBytes(StandardCharsets.UTF_8), NetOutRule.class))
        .isEmpty();
  }

  @Test
  void theSmallestBodyHasAllLimitObjects() {
    assertThat(text(ContainerSpec.ofHandle("")))
        .isEqualTo(
            "{\"image\":{},\"limits\":{\"bandwidth_limits\":{},\"cpu_limits\":{},\"disk_limits\":{},\"memory_limits\":{},\"pid_limits\":{}}}\n");
    assertThat(text(ProcessSpec.of("x")))
        .isEqualTo("{\"path\":\"x\",\"rlimits\":{},\"image\":{}}\n");
  }

  @Test
  void infoAndEntriesLeaveNothingOut() {
    assertThat(text(ContainerInfo.NONE))
        .isEqualTo(
            "{\"State\":\"\",\"Events\":null,\"HostIP\":\"\",\"ContainerIP\":\"\",\"ContainerIPv6\":\"\",\"ExternalIP\":\"\",\"ContainerPath\":\"\",\"ProcessIDs\":null,\"Properties\":null,\"MappedPorts\":null}\n");
    assertThat(text(ContainerInfoEntry.failed(new GardenException.ContainerNotFound("h1"))))
        .endsWith(
            "\"Err\":{\"Type\":\"ContainerNotFoundError\",\"Message\":\"unknown handle: h1\",\"Handle\":\"h1\",\"ProcessID\":\"\",\"Binary\":\"\"}}\n");
  }

  @Test
  void metricsHaveTheKeysOfTheProtocolInTheirOrder() {
    Metrics metrics =
        new Metrics(
            MemoryStat.ofCommit(777),
            new CpuStat(300, 200, 100),
            new DiskStat(1234, 0, 234, 0),
            null,
            new PidStat(3, 0),
            Duration.ofNanos(1193877200),
            12679218);

    assertThat(text(metrics))
        .isEqualTo(
            "{\"MemoryStat\":{\"active_anon\":0,\"active_file\":0,\"cache\":0,\"hierarchical_memory_limit\":0,\"inactive_anon\":0,\"inactive_file\":0,\"mapped_file\":0,\"pgfault\":0,\"pgmajfault\":0,\"pgpgin\":0,\"pgpgout\":0,\"rss\":0,\"total_active_anon\":0,\"total_active_file\":0,\"total_cache\":0,\"total_inactive_anon\":0,\"total_inactive_file\":0,\"total_mapped_file\":0,\"total_pgfault\":0,\"total_pgmajfault\":0,\"total_pgpgin\":0,\"total_pgpgout\":0,\"total_rss\":777,\"total_unevictable\":0,\"unevictable\":0,\"swap\":0,\"hierarchical_memsw_limit\":0,\"total_swap\":0,\"TotalUsageTowardLimit\":777,\"anon\":0,\"file\":0,\"swapcached\":0},"
                + "\"CPUStat\":{\"Usage\":300,\"User\":200,\"System\":100},\"DiskStat\":{\"TotalBytesUsed\":1234,\"TotalInodesUsed\":0,\"ExclusiveBytesUsed\":234,\"ExclusiveInodesUsed\":0},\"NetworkStat\":null,\"PidStat\":{\"Current\":3,\"Max\":0},\"Age\":1193877200,\"CPUEntitlement\":12679218}\n");
  }

  @Test
  void pointersOfTheControlStreamKeepTheirZeros() {
    assertThat(text(ProcessPayload.exited("p1", 0)))
        .isEqualTo("{\"process_id\":\"p1\",\"exit_status\":0}\n");
    assertThat(text(ProcessPayload.stdin("p1", "")))
        .isEqualTo("{\"process_id\":\"p1\",\"source\":0,\"data\":\"\"}\n");
    assertThat(text(ProcessPayload.signal("p1", 0)))
        .isEqualTo("{\"process_id\":\"p1\",\"signal\":0}\n");
  }

  @Test
  void capacityLeavesZerosOutAndPrintsUnlimitedUnsigned() {
    assertThat(text(new Capacity(0, 5, 0, -1L)))
        .isEqualTo("{\"disk_in_bytes\":5,\"max_containers\":18446744073709551615}\n");
  }

  @Test
  void markupAndLineSeparatorsAreEscapedAndLoneSurrogatesReplaced() {
    assertThat(text(new PropertyValue("<>&\u2028\u2029\u00e9")))
        .isEqualTo("{\"value\":\"\\u003c\\u003e\\u0026\\u2028\\u2029\u00e9\"}\n");
    assertThat(
            WireJson.decode(
                    "{\"value\":\"\\ud800x\"}".getBytes(StandardCharsets.UTF_8),
                    PropertyValue.class)
                .value())
        .isEqualTo("\ufffdx");
  }

  @Test
  void graceTimeIsABareInteger() {
    assertThat(WireJson.decodeNanos("500000000\n".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(500000000);
    assertThatThrownBy(() -> WireJson.decodeNanos("\"5s\"".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(GardenException.class);
  }
}
