package io.gardencell.network.port;

import java.io.IOException;
import java.nio.file.Path;

/** The file that holds the pool, and who else may be changing it. Any thread. */
interface PoolFile {

  /**
   * Runs the body while no thread and no process of ours, and nobody else who honours the locks,
   * reads or writes the file.
   *
   * @throws IOException {@code open lock: ...} if the locks cannot be had in time
   */
  <T> T locked(Body<T> body) throws IOException;

  /** Something to do with the locked file. */
  interface Body<T> {
    T run(Content content) throws IOException;
  }

  /** The locked file's text. */
  interface Content {

    /** The text, empty if there is no file. */
    String read() throws IOException;

    /** Replaces the text; whenever a crash comes, the old or the new one can be read again. */
    void write(String text) throws IOException;

    /** Keeps a text that makes no sense beside the file, for an operator to look at. */
    Path setAside(String text, long millis) throws IOException;
  }
}
