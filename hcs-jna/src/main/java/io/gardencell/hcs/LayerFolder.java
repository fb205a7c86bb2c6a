package io.gardencell.hcs;

import java.util.List;
import java.util.Optional;

/**
 * A directory within which layer files are written, every name resolved without ever following a
 * link or reparse point (NtCreateFile with OBJ_DONT_REPARSE). One thread at a time.
 *
 * <p>Names are relative and separated by backslashes, for example {@code Files\Windows\win.ini}. A
 * name that is absolute, holds {@code :} or {@code ..}, or passes through a link is refused with an
 * {@link HcsException} and nothing is written.
 */
public interface LayerFolder extends AutoCloseable {

  /** Creates a file or, with the DIRECTORY attribute, a directory; fails if the name exists. */
  LayerFile create(String name, FileBasicInfo info);

  /** Opens an existing file or directory itself (not what it links to) for writing. */
  LayerFile open(String name);

  /** Facts of an existing name, not following links; empty if it does not exist. */
  Optional<FileBasicInfo> find(String name);

  /** Names in a directory, unordered. */
  List<String> list(String directory);

  /** Makes {@code name} a hard link to {@code target}, which exists below {@code targetRoot}. */
  void link(String name, LayerFolder targetRoot, String target);

  /** Removes a name, a directory with all that is below it, never descending into links. */
  void remove(String name);

  @Override
  void close();
}
