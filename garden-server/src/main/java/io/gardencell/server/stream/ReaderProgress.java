package io.gardencell.server.stream;

/**
 * Whether the reader of a full queue takes anything; looked at now and then. Not safe for threads:
 * its queue's lock guards it.
 */
final class ReaderProgress {

  /** How many looks make the time after which a late reader is stalled. */
  static final int LOOKS = 60;

  private long taken;
  private long takenBefore;
  private int looks;
  private boolean watched;
  private boolean late;
  private boolean stalled;

  /** The reader took something, or went. */
  void took() {
    taken++;
    looks = 0;
    late = false;
    stalled = false;
  }

  /**
   * From now on it is watched.
   *
   * @return false if it is watched already, or is known to be stalled
   */
  boolean watch() {
    if (watched || stalled) {
      return false;
    }
    watched = true;
    takenBefore = taken;
    return true;
  }

  /** Sees what became of it; whoever wants to know more watches again. */
  void look(boolean isFull, boolean readsTheOther) {
    watched = false;
    if (isFull && taken == takenBefore) {
      late |= readsTheOther;
      looks += late ? 1 : 0;
      stalled = looks >= LOOKS;
    }
  }

  /** Whether it takes nothing here but everything elsewhere, so that it may come later. */
  boolean isLate() {
    return late;
  }

  /** Whether it has been late for so long that it is not waited for any more. */
  boolean isStalled() {
    return stalled;
  }
}
