package io.gardencell.server.cell;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings of the Gardener.
 *
 * @param depot directory with one sub-directory for each container
 * @param initBin the init program; its directory is mapped into every container
 * @param policy what containers get and may be
 * @param deadlines how long operations may take
 * @param bounds limits on what clients can grow
 */
public record CellSettings(
    Path depot, Path initBin, Policy policy, Deadlines deadlines, Bounds bounds) {

  /** What a cell runs with. */
  public static CellSettings defaults(Path depot, Path initBin) {
    return new CellSettings(depot, initBin, Policy.DEFAULT, Deadlines.DEFAULT, Bounds.DEFAULT);
  }

  /** The same with another policy. */
  public CellSettings with(Policy other) {
    return new CellSettings(depot, initBin, other, deadlines, bounds);
  }

  /** The same with other deadlines. */
  public CellSettings with(Deadlines other) {
    return new CellSettings(depot, initBin, policy, other, bounds);
  }

  /** The same with other bounds. */
  public CellSettings with(Bounds other) {
    return new CellSettings(depot, initBin, policy, deadlines, other);
  }

  /**
   * What containers get and may be.
   *
   * @param defaultRootfs image URI of containers that name none, may be empty
   * @param externalIp address under which the cell is reached
   * @param privilegedAllowed whether privileged containers may be made
   * @param destroyOnStart whether all containers are destroyed at the start
   * @param entitlementPerShare processor entitlement in percent for each share
   */
  public record Policy(
      String defaultRootfs,
      String externalIp,
      boolean privilegedAllowed,
      boolean destroyOnStart,
      double entitlementPerShare) {

    /** The built-in image; everything is allowed. */
    public static final Policy DEFAULT = new Policy("", "127.0.0.1", true, false, 0.1);
  }

  /**
   * How long operations may take before the client is told.
   *
   * @param stopGrace how long processes may take to end after a graceful request, and operations
   *     under way before their container is destroyed all the same
   * @param retryPause how long after a failed destroy or take-up of the start the next try begins
   */
  public record Deadlines(
      Duration create,
      Duration run,
      Duration stop,
      Duration destroy,
      Duration metrics,
      Duration stopGrace,
      Duration retryPause) {

    /** The design's values. */
    public static final Deadlines DEFAULT =
        new Deadlines(
            Duration.ofSeconds(120),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(3));

    /** All of them the same. */
    public static Deadlines all(Duration each) {
      return new Deadlines(each, each, each, each, each, each, each);
    }
  }

  /**
   * What clients can grow at most.
   *
   * @param containers of the cell, those that are stuck included; 0 = no limit
   * @param processes of one container at a time
   * @param propertyChars names and values of one container's properties together
   * @param rules net-out rules and net-in ports of one container, each
   * @param calls host calls in progress, all operations together
   */
  public record Bounds(long containers, int processes, int propertyChars, int rules, int calls) {

    /** Far above what Diego uses. */
    public static final Bounds DEFAULT = new Bounds(0, 1024, 1 << 20, 4096, 192);

    /** The same with another number of containers. */
    public Bounds withContainers(long most) {
      return new Bounds(most, processes, propertyChars, rules, calls);
    }
  }
}
