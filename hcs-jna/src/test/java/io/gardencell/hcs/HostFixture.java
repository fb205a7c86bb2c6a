package io.gardencell.hcs;

import java.nio.file.Path;

/** What a contract suite must be told of a host: programs of its containers, and how to open it. */
public interface HostFixture extends AutoCloseable {

  Host host();

  /** Closes the host and opens it again on the same state. */
  Host reopen();

  /** A new empty directory on the host. */
  Path directory();

  /** A base layer whose {@code Files} hold {@code marker.txt} with the text {@code base}. */
  Path baseLayer();

  /** Command line that ends with this code. */
  String exits(int code);

  /** Command line that runs until it is ended. */
  String runsForever();

  /** Command line that copies stdin to stdout and ends with it. */
  String echoes();

  /** Command line that writes this many zero bytes to stdout. */
  String writesZeros(long count);

  @Override
  void close();
}
