package io.gardencell.image.layer;

import io.gardencell.hcs.FileBasicInfo;
import java.nio.ByteBuffer;

/** Takes the entries of one layer in order. One thread; closing without finishing gives it up. */
interface LayerWriter extends AutoCloseable {

  /**
   * Begins a file or directory; its backup stream follows.
   *
   * @param reparse whether the stream will hold a reparse point
   */
  void add(String name, FileBasicInfo info, boolean reparse);

  /** Security descriptor part of the current entry's backup stream. */
  void security(ByteBuffer bytes);

  /** Any other part of the current entry's backup stream. */
  void stream(ByteBuffer bytes);

  /** A hard link. */
  void link(String name, String target);

  /** A whiteout. */
  void remove(String name);

  /** Hides what the parents have in a directory and this layer has not. */
  void removeInherited(String directory);

  /** Whether the name is a directory of this layer. */
  boolean hasDirectory(String name);

  /** Finishes the layer: it is complete only when this returns. */
  void finish();

  /** Releases files, removes temporary ones. */
  @Override
  void close();
}
