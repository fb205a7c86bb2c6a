package io.gardencell.network.rule;

import io.gardencell.api.IpAddress;
import java.util.ArrayList;
import java.util.List;

/** CIDR blocks of IPv4 address ranges, as HNS takes them; any thread. */
public final class Ipv4Blocks {

  /** The whole address space, which HNS does not take as "any": the key is left out instead. */
  public static final String EVERYTHING = "0.0.0.0/0";

  private static final long LAST = 0xFFFF_FFFFL;

  private Ipv4Blocks() {}

  /** The fewest blocks that cover exactly start to end, ascending; both IPv4, start ≤ end. */
  public static List<String> of(IpAddress start, IpAddress end) {
    long next = number(start);
    long last = number(end);
    List<String> blocks = new ArrayList<>();
    while (next <= last) {
      int length = 32;
      long size = 1;
      while (length > 0 && next % (size * 2) == 0 && next + size * 2 - 1 <= last) {
        size *= 2;
        length--;
      }
      blocks.add(text(next) + "/" + length);
      next += size;
    }
    return blocks;
  }

  /** The address as an unsigned number. */
  public static long number(IpAddress address) {
    long number = 0;
    for (byte octet : address.bytes()) {
      number = number << 8 | (octet & 0xff);
    }
    return number;
  }

  /** The dotted text of an unsigned 32-bit number. */
  public static String text(long number) {
    if (number < 0 || number > LAST) {
      throw new IllegalArgumentException("address number: " + number + " (expected: 32 bits)");
    }
    return "%d.%d.%d.%d"
        .formatted(number >> 24, number >> 16 & 0xff, number >> 8 & 0xff, number & 0xff);
  }
}
