package io.gardencell.api.spi;

/**
 * What volume to make.
 *
 * @param handle container handle, or the id of a process with an image of its own
 * @param uri for example {@code oci:///C:/image}, {@code docker:///library/app:tag}; empty for the
 *     plugin's built-in base image, if it has one
 * @param username registry user, empty for none
 * @param password registry password, empty for none; never logged
 * @param diskLimit bytes, 0 = no quota
 * @param excludeImageFromQuota whether the limit counts only what the container itself writes
 */
public record ImageRequest(
    String handle,
    String uri,
    String username,
    String password,
    long diskLimit,
    boolean excludeImageFromQuota) {

  public ImageRequest {
    if (diskLimit < 0) {
      throw new IllegalArgumentException("disk limit: " + diskLimit + " (expected: >= 0 bytes)");
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "ImageRequest[handle=%s, uri=%s, diskLimit=%d, excludeImageFromQuota=%b]"
        .formatted(handle, uri, diskLimit, excludeImageFromQuota);
  }
}
