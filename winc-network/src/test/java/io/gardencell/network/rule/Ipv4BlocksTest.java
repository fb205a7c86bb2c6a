package io.gardencell.network.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.IpAddress;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Ipv4BlocksTest {

  private static List<String> blocks(String start, String end) {
    return Ipv4Blocks.of(IpAddress.parse(start), IpAddress.parse(end));
  }

  // winc-network.md §22 case 79
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0.0.0.0|255.255.255.255|0.0.0.0/0",
        "1.1.1.1|1.1.1.1|1.1.1.1/32",
        "0.0.0.1|0.0.0.2|0.0.0.1/32,0.0.0.2/32",
        "10.0.0.0|13.0.0.0|10.0.0.0/7,12.0.0.0/8,13.0.0.0/32",
        "255.255.255.255|255.255.255.255|255.255.255.255/32",
        "192.168.0.10|192.168.0.250|192.168.0.10/31,192.168.0.12/30,192.168.0.16/28,192.168.0.32/27,192.168.0.64/26,192.168.0.128/26,192.168.0.192/27,192.168.0.224/28,192.168.0.240/29,192.168.0.248/31,192.168.0.250/32"
      })
  void rangesBecomeTheReferencesBlocks(String start, String end, String expected) {
    assertThat(String.join(",", blocks(start, end))).isEqualTo(expected);
  }

  // winc-network.md §22 case 81
  @Test
  void allButTheLastAddressNeeds32Blocks() {
    assertThat(blocks("0.0.0.0", "255.255.255.254"))
        .hasSize(32)
        .last()
        .isEqualTo("255.255.255.254/32");
    assertThat(blocks("1.2.3.4", "5.6.7.8")).hasSize(28).startsWith("1.2.3.4/30");
  }

  // winc-network.md §22 case 80
  @Test
  void blocksCoverExactlyTheRangeInOrder() {
    Random random = new Random(8);
    for (int i = 0; i < 2000; i++) {
      long a = random.nextLong() & 0xFFFF_FFFFL;
      long b = random.nextLong() & 0xFFFF_FFFFL;
      long next = Math.min(a, b);
      List<String> blocks = blocks(Ipv4Blocks.text(next), Ipv4Blocks.text(Math.max(a, b)));
      for (String block : blocks) {
        String[] parts = block.split("/");
        long size = 1L << (32 - Integer.parseInt(parts[1]));
        assertThat(Ipv4Blocks.number(IpAddress.parse(parts[0]))).isEqualTo(next);
        assertThat(next % size).isZero();
        next += size;
      }
      assertThat(next).isEqualTo(Math.max(a, b) + 1);
      assertThat(blocks).hasSizeLessThanOrEqualTo(62);
    }
  }
}
