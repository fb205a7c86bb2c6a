package io.gardencell.image;

import java.nio.file.Path;
import java.util.Set;

/** Looks into folders of a store. */
public final class StoreFolders {

  private StoreFolders() {}

  /** What is in a folder; nothing if there is no such folder. */
  public static Set<String> names(Path folder) {
    return DriverStore.names(folder);
  }
}
