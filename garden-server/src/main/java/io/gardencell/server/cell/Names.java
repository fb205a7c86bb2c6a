package io.gardencell.server.cell;

import io.gardencell.api.Handle;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The names that containers and sidecars have in the plugins' eyes: a sidecar's id is the name of a
 * compute system and of a volume, as a handle is, so both come out of one set. Any thread.
 */
public final class Names {

  private final Set<String> taken = new HashSet<>();

  /** Takes a name; false if somebody has it. */
  public synchronized boolean take(String name) {
    return taken.add(key(name));
  }

  /** Whether somebody has it. */
  public synchronized boolean isTaken(String name) {
    return taken.contains(key(name));
  }

  /** Gives a name back. */
  public synchronized void giveBack(String name) {
    taken.remove(key(name));
  }

  /** The form that is equal for names that a file system of Windows takes for the same. */
  public static String key(String name) {
    return Handle.find(name).map(Handle::key).orElseGet(() -> name.toLowerCase(Locale.ROOT));
  }
}
