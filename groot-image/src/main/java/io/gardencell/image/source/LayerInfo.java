package io.gardencell.image.source;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One layer of an image, oldest first in its image.
 *
 * @param blobId digest of the blob as stored, or a path
 * @param blobDigest what the stored bytes must have; null for files without one
 * @param diffId what the uncompressed bytes must have; null for files without one
 * @param chainId name of the layer folder
 * @param size stored bytes, -1 if unknown
 * @param mediaType empty for plain tar files
 * @param urls where a foreign layer may be had
 */
public record LayerInfo(
    String blobId,
    @Nullable Digest blobDigest,
    @Nullable Digest diffId,
    String chainId,
    long size,
    String mediaType,
    List<String> urls) {

  public LayerInfo {
    urls = List.copyOf(urls);
  }
}
