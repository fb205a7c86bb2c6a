package io.gardencell.image.source;

/**
 * Most uncompressed bytes of a layer. There is always one: what a few stored bytes swell to is for
 * whoever made them to choose.
 *
 * @param bytes most that may come
 * @param beyond what is said when there are more
 */
public record ByteLimit(long bytes, String beyond) {

  /** What is left of a container's disk limit, in the reference's words. */
  public static ByteLimit ofQuota(long bytes) {
    return new ByteLimit(bytes, "uncompressed layer size exceeds quota");
  }

  /** The most that any layer may have. */
  public static ByteLimit ofLayer(long bytes) {
    return new ByteLimit(bytes, "layer has more than " + bytes + " bytes");
  }

  /** What the disk can take. */
  public static ByteLimit ofSpace(long bytes) {
    return new ByteLimit(
        bytes, "layer has more than the " + bytes + " bytes that there is room for");
  }

  /** The smaller one. */
  public ByteLimit and(ByteLimit other) {
    return other.bytes < bytes ? other : this;
  }
}
