package io.gardencell.image.layer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/** A tar block by block: what no well-meaning library writes. */
public final class RawTar {

  private static final int BLOCK = 512;
  private static final int SIZE = 124;
  private static final int CHECKSUM = 148;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** A header; the size is what it says, whatever follows. */
  public RawTar header(String name, char type, long size, Consumer<byte[]> more) {
    byte[] block = new byte[BLOCK];
    put(block, 0, name);
    put(block, 100, "0000644\0");
    put(block, 108, "0000000\0");
    put(block, 116, "0000000\0");
    number(block, SIZE, size);
    put(block, 136, "00000000000\0");
    put(block, 156, String.valueOf(type));
    put(block, 257, "ustar\00000");
    more.accept(block);
    Arrays.fill(block, CHECKSUM, CHECKSUM + 8, (byte) ' ');
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    put(block, CHECKSUM, "%06o\0 ".formatted(sum));
    bytes.writeBytes(block);
    return this;
  }

  public RawTar header(String name, char type, long size) {
    return header(name, type, size, block -> {});
  }

  /** Octal, or base-256 where that is too long. */
  static void number(byte[] block, int at, long value) {
    if (value >= 0 && value < 1L << 33) {
      put(block, at, String.format(Locale.ROOT, "%011o\0", value));
    } else {
      ByteBuffer.wrap(block).put(at, (byte) 0x80).putLong(at + 4, value);
    }
  }

  static void put(byte[] block, int at, String text) {
    byte[] put = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(put, 0, block, at, put.length);
  }

  /** Content as it is, without padding. */
  public RawTar bytes(byte[] content) {
    bytes.writeBytes(content);
    return this;
  }

  /** Content filled up to whole blocks. */
  public RawTar content(byte[] content) {
    bytes.writeBytes(content);
    bytes.writeBytes(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
    return this;
  }

  public RawTar content(String content) {
    return content(content.getBytes(StandardCharsets.UTF_8));
  }

  /** A file and its content. */
  public RawTar file(String name, String content) {
    return header(name, '0', content.length()).content(content);
  }

  /** Records for the entry that follows, each {@code key=value}. */
  public RawTar records(char type, String... records) {
    StringBuilder all = new StringBuilder();
    for (String record : records) {
      int rest = record.getBytes(StandardCharsets.UTF_8).length + 2;
      int length = rest + String.valueOf(rest).length();
      length = rest + String.valueOf(length).length();
      all.append(length).append(' ').append(record).append('\n');
    }
    byte[] body = all.toString().getBytes(StandardCharsets.UTF_8);
    return header("PaxHeaders/x", type, body.length).content(body);
  }

  /** The archive with its end. */
  public byte[] end() {
    bytes.writeBytes(new byte[2 * BLOCK]);
    return bytes.toByteArray();
  }

  /** The archive as if it broke off here. */
  public byte[] cut() {
    return bytes.toByteArray();
  }
}
