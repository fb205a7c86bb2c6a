package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonValue;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address, ordered by its bytes. Text is parsed strictly and never looked up: no
 * leading zeros, no zones, no names (Go: net.ParseIP). IPv4-mapped addresses are IPv4.
 */
public final class IpAddress implements Comparable<IpAddress> {

  private final byte[] bytes;

  private IpAddress(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Parses an address.
   *
   * @throws IllegalArgumentException {@code invalid IP address: <text>}
   */
  public static IpAddress parse(String text) {
    byte[] bytes = text.indexOf(':') >= 0 ? IpText.v6(text) : IpText.v4(text);
    if (bytes == null) {
      throw new IllegalArgumentException("invalid IP address: " + Names.shown(text));
    }
    return ofBytes(bytes);
  }

  /** An address of 4 or 16 bytes, copied. */
  public static IpAddress ofBytes(byte[] bytes) {
    if (bytes.length == 16 && isMapped(bytes)) {
      return new IpAddress(Arrays.copyOfRange(bytes, 12, 16));
    }
    if (bytes.length != 4 && bytes.length != 16) {
      throw new IllegalArgumentException(
          "address of " + bytes.length + " bytes (expected: 4 or 16)");
    }
    return new IpAddress(bytes.clone());
  }

  private static boolean isMapped(byte[] b) {
    for (int i = 0; i < 10; i++) {
      if (b[i] != 0) {
        return false;
      }
    }
    return b[10] == -1 && b[11] == -1;
  }

  /** A copy of the 4 or 16 bytes, most significant first. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Whether it is IPv4. */
  public boolean isV4() {
    return bytes.length == 4;
  }

  /** For the socket API. */
  public InetAddress toInetAddress() {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("address of " + bytes.length + " bytes", e);
    }
  }

  @Override
  public int compareTo(IpAddress other) {
    if (bytes.length != other.bytes.length) {
      return Integer.compare(bytes.length, other.bytes.length);
    }
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof IpAddress that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Dotted text, or the form of RFC 5952. */
  @JsonValue
  @Override
  public String toString() {
    return IpText.format(bytes);
  }
}
