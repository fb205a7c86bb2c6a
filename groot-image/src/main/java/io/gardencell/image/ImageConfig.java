package io.gardencell.image;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/**
 * Settings of the image plugin.
 *
 * @param driverStore root of the store: {@code layers}, {@code volumes}, {@code locks}, {@code
 *     pins}, {@code tmp}
 * @param defaultRootfs URI used for requests without one; empty for the built-in base image
 * @param insecureRegistries {@code host[:port]} for which TLS is optional
 * @param pinnedImages chain ids and URIs of images that garbage collection keeps
 * @param hostBuild Windows build that images must fit; 0 for that of the host
 * @param lockTimeout longest wait for a lock of the store
 * @param createLock file that is locked while a volume is mounted, by the reference too; empty for
 *     the reference's own on Windows and none elsewhere
 * @param cleaning when layers are collected without being asked to
 * @param limits what a layer may have at most
 */
public record ImageConfig(
    Path driverStore,
    String defaultRootfs,
    Set<String> insecureRegistries,
    Set<String> pinnedImages,
    int hostBuild,
    Duration lockTimeout,
    String createLock,
    Cleaning cleaning,
    LayerLimits limits) {

  /**
   * What a layer may have at most, whatever its image says: more is an attack on the disk.
   *
   * @param bytes uncompressed
   * @param entries of its tar
   */
  public record LayerLimits(long bytes, int entries) {

    /** Several times what the largest Windows base layers have. */
    public static final LayerLimits DEFAULT = new LayerLimits(64L << 30, 800_000);

    public LayerLimits {
      if (bytes < 1) {
        throw new IllegalArgumentException("max-layer-bytes: " + bytes + " (expected: >= 1)");
      }
      if (entries < 1) {
        throw new IllegalArgumentException("max-layer-entries: " + entries + " (expected: >= 1)");
      }
    }
  }

  /**
   * Garbage collection after each create.
   *
   * @param onCreate whether there is any
   * @param thresholdBytes unused layers up to so many bytes are kept, for they may be wanted again
   */
  public record Cleaning(boolean onCreate, long thresholdBytes) {

    /** Only when asked. */
    public static final Cleaning NEVER = new Cleaning(false, 0);

    public Cleaning {
      if (thresholdBytes < 0) {
        throw new IllegalArgumentException("threshold: " + thresholdBytes + " (expected: >= 0)");
      }
    }
  }

  public ImageConfig {
    insecureRegistries = Set.copyOf(insecureRegistries);
    pinnedImages = Set.copyOf(pinnedImages);
    if (lockTimeout.isNegative() || lockTimeout.isZero()) {
      throw new IllegalArgumentException("lock-timeout: " + lockTimeout + " (expected: > 0)");
    }
  }

  /** The settings of a server with this data directory. */
  public static ImageConfig defaults(Path dataDir) {
    return ofStore(dataDir.resolve("groot"));
  }

  /** The settings for a store that lies elsewhere. */
  public static ImageConfig ofStore(Path driverStore) {
    return new ImageConfig(
        driverStore,
        "",
        Set.of(),
        Set.of(),
        0,
        Duration.ofMinutes(10),
        "",
        Cleaning.NEVER,
        LayerLimits.DEFAULT);
  }

  /**
   * The settings of the command's configuration file.
   *
   * @param file YAML; empty for the defaults
   * @throws io.gardencell.api.GardenException if it cannot be read
   */
  public static ImageConfig read(String file, Path driverStore) {
    return CommandConfig.read(file).imageConfig(driverStore);
  }

  /** The same with another default image. */
  public ImageConfig withDefaultRootfs(String uri) {
    return new ImageConfig(
        driverStore,
        uri,
        insecureRegistries,
        pinnedImages,
        hostBuild,
        lockTimeout,
        createLock,
        cleaning,
        limits);
  }

  /** The same with other images to keep. */
  public ImageConfig withPinnedImages(Set<String> images) {
    return new ImageConfig(
        driverStore,
        defaultRootfs,
        insecureRegistries,
        images,
        hostBuild,
        lockTimeout,
        createLock,
        cleaning,
        limits);
  }

  /** The same with other limits. */
  public ImageConfig withLimits(LayerLimits other) {
    return new ImageConfig(
        driverStore,
        defaultRootfs,
        insecureRegistries,
        pinnedImages,
        hostBuild,
        lockTimeout,
        createLock,
        cleaning,
        other);
  }

  /** The same with other insecure registries. */
  public ImageConfig withInsecureRegistries(Set<String> registries) {
    return new ImageConfig(
        driverStore,
        defaultRootfs,
        registries,
        pinnedImages,
        hostBuild,
        lockTimeout,
        createLock,
        cleaning,
        limits);
  }
}
