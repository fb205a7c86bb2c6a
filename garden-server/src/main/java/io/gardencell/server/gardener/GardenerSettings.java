package io.gardencell.server.gardener;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings of the Gardener.
 *
 * @param depot directory with one sub-directory for each container
 * @param initBin the init program; its directory is mapped into every container
 * @param defaultRootfs image URI of containers that name none, may be empty
 * @param externalIp address under which the cell is reached
 * @param maxContainers 0 = no limit
 * @param privilegedAllowed whether privileged containers may be made
 * @param destroyOnStart whether all containers are destroyed at the start
 * @param entitlementPerShare processor entitlement in percent for each share
 * @param deadlines how long operations may take
 * @param bounds limits on what clients can grow
 */
public record GardenerSettings(
    Path depot,
    Path initBin,
    String defaultRootfs,
    String externalIp,
    long maxContainers,
    boolean privilegedAllowed,
    boolean destroyOnStart,
    double entitlementPerShare,
    Deadlines deadlines,
    Bounds bounds) {

  /** What a cell runs with. */
  public static GardenerSettings defaults(Path depot, Path initBin) {
    return new GardenerSettings(
        depot, initBin, "", "127.0.0.1", 0, true, false, 0.1, Deadlines.DEFAULT, Bounds.DEFAULT);
  }

  /**
   * How long operations may take before the client is told.
   *
   * @param stopGrace how long processes may take to end after a graceful request
   */
  public record Deadlines(
      Duration create,
      Duration run,
      Duration stop,
      Duration destroy,
      Duration metrics,
      Duration stopGrace) {

    /** The design's values. */
    public static final Deadlines DEFAULT =
        new Deadlines(
            Duration.ofSeconds(120),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10));
  }

  /** Most processes, property characters and rules of one container, and calls at a time. */
  public record Bounds(int processes, int propertyChars, int rules, int calls) {

    /** Far above what Diego uses. */
    public static final Bounds DEFAULT = new Bounds(1024, 1 << 20, 4096, 192);
  }
}
