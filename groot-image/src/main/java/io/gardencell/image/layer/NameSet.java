package io.gardencell.image.layer;

import java.util.Random;

/**
 * Names that are equal but for case, in eight bytes each: what is kept is a hash of 64 bits, begun
 * at random so that no image can aim at it. One thread.
 */
final class NameSet {

  private static final long EMPTY = 0;
  private static final Random RANDOM = new Random();

  private final long seed = RANDOM.nextLong();
  private final long factor = RANDOM.nextLong() | 1;
  private long[] slots = new long[1024];
  private int size;

  /** False if the name, in whatever case, was there. */
  boolean add(String name) {
    if (size >= slots.length / 2) {
      grow();
    }
    boolean fresh = put(hash(name));
    size += fresh ? 1 : 0;
    return fresh;
  }

  private boolean put(long hash) {
    int mask = slots.length - 1;
    int at = (int) hash & mask;
    while (slots[at] != EMPTY) {
      if (slots[at] == hash) {
        return false;
      }
      at = at + 1 & mask;
    }
    slots[at] = hash;
    return true;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[2 * old.length];
    for (long hash : old) {
      if (hash != EMPTY) {
        put(hash);
      }
    }
  }

  /** NTFS compares names by upper case, unit by unit. */
  private long hash(String name) {
    long h = seed;
    for (int i = 0; i < name.length(); i++) {
      h = (h ^ Character.toUpperCase(name.charAt(i))) * factor;
      h ^= h >>> 29;
    }
    h *= 0xBF58476D1CE4E5B9L;
    h ^= h >>> 32;
    return h == EMPTY ? 1 : h;
  }
}
