package io.gardencell.emulator.network;

/** An IPv4 subnet: first and last address, prefix length. */
record Subnet4(long first, long last, int length) {

  static Subnet4 parse(String cidr) {
    String[] parts = cidr.split("/");
    if (parts.length != 2 || !parts[1].matches("\\d{1,2}")) {
      throw new IllegalArgumentException("subnet: '" + cidr + "' (expected: a.b.c.d/n)");
    }
    int length = Integer.parseInt(parts[1]);
    if (length > 30) {
      throw new IllegalArgumentException("subnet: '" + cidr + "' (expected: a prefix up to 30)");
    }
    long size = 1L << (32 - length);
    long first = address(parts[0]) / size * size;
    return new Subnet4(first, first + size - 1, length);
  }

  static long address(String text) {
    if (!text.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
      throw new IllegalArgumentException("address: '" + text + "' (expected: a.b.c.d)");
    }
    long value = 0;
    for (String part : text.split("\\.")) {
      int octet = Integer.parseInt(part);
      if (octet > 255) {
        throw new IllegalArgumentException("address: '" + text + "' (expected: octets to 255)");
      }
      value = value << 8 | octet;
    }
    return value;
  }

  static String text(long a) {
    return (a >> 24 & 255) + "." + (a >> 16 & 255) + "." + (a >> 8 & 255) + "." + (a & 255);
  }

  boolean contains(long address) {
    return first <= address && address <= last;
  }

  boolean overlaps(Subnet4 other) {
    return first <= other.last && other.first <= last;
  }
}
