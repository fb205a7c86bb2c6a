package io.gardencell.emulator.compute;

/**
 * When a watched thing is to be looked at again: at the latest after a while, and at once when so
 * much of a common supply has gone that half of what is left to the thing could have gone with it.
 * What cannot have grown is not looked at. One thread.
 */
final class Budget {

  private long lookedAt;
  private long supplyThen;
  private long left;
  private boolean looked;

  /**
   * Whether a look is due.
   *
   * @param now {@link System#nanoTime}
   * @param supply what is used of the common supply now, in bytes
   * @param longest nanoseconds after which a look is due anyway
   */
  boolean isDue(long now, long supply, long longest) {
    return !looked || now - lookedAt >= longest || supply - supplyThen >= left / 2;
  }

  /** Notes a look and what it found: bytes that are left until the limit, or less than none. */
  void looked(long now, long supply, long bytesLeft) {
    looked = true;
    lookedAt = now;
    supplyThen = supply;
    left = Math.max(2, bytesLeft);
  }
}
