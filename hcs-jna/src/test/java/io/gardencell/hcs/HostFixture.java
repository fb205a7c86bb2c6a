package io.gardencell.hcs;

import java.nio.file.Path;
import java.util.Optional;

/** What a contract suite must be told of a host: programs of its containers, and how to open it. */
public interface HostFixture extends AutoCloseable {

  Host host();

  /** Closes the host and opens it again on the same state. */
  Host reopen();

  /** A directory on the host, the same for one fixture; what the suite makes in it is its own. */
  Path directory();

  /** A base layer whose {@code Files} hold {@code marker.txt} with the text {@code base}. */
  Path baseLayer();

  /** Where the files of a volume can be seen and changed from outside; empty if nowhere. */
  Optional<Path> contents(String volume);

  /** Whether a prepared volume shows the files of its layers in {@link #contents}. */
  boolean showsLayers();

  /** Command line that ends with this code. */
  String exits(int code);

  /** Command line that runs until it is ended. */
  String runsForever();

  /** Command line that copies stdin to stdout and ends with it. */
  String echoes();

  /** Command line that writes this many bytes, all alike, to stdout. */
  String writesZeros(long count);

  /** Command line that writes a word and a line end to stdout, another one to stderr. */
  String writes(String stdout, String stderr);

  /** Command line that writes the value of a variable and a line end, {@code (unset)} for none. */
  String printsVariable(String name);

  /** Beginning of a command line that writes each argument in brackets on a line of its own. */
  String printsArguments();

  @Override
  void close();
}
