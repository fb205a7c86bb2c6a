package io.gardencell.image.source;

import io.gardencell.api.GardenException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A content digest, {@code algorithm:hex}.
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex lower-case digits
 */
public record Digest(String algorithm, String hex) {

  private static final Pattern HEX = Pattern.compile("[0-9a-f]+");

  public Digest {
    int length = algorithm.equals("sha256") ? 64 : algorithm.equals("sha512") ? 128 : 0;
    if (length == 0) {
      throw GardenException.failure("unsupported digest algorithm: '" + algorithm + "'");
    }
    if (hex.length() != length) {
      throw GardenException.failure(
          "unexpected digest reference "
              + algorithm
              + ":"
              + hex
              + ": invalid checksum digest length");
    }
    if (!HEX.matcher(hex).matches()) {
      throw GardenException.failure(
          "unexpected digest reference "
              + algorithm
              + ":"
              + hex
              + ": invalid checksum digest format");
    }
  }

  /** Parses the wire form. */
  public static Digest parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw GardenException.failure(
          "unexpected digest reference " + text + ": invalid checksum digest format");
    }
    return new Digest(text.substring(0, colon), text.substring(colon + 1));
  }

  /** SHA-256 of bytes. */
  public static Digest sha256(byte[] bytes) {
    MessageDigest digest = messageDigest("sha256");
    return new Digest("sha256", HexFormat.of().formatHex(digest.digest(bytes)));
  }

  /** The digest of the same algorithm over other bytes. */
  public Digest over(byte[] bytes) {
    return new Digest(algorithm, HexFormat.of().formatHex(messageDigest(algorithm).digest(bytes)));
  }

  static MessageDigest messageDigest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm.equals("sha512") ? "SHA-512" : "SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-2", e);
    }
  }

  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }
}
