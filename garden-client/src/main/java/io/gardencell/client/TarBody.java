package io.gardencell.client;

import java.io.IOException;
import java.io.OutputStream;

/** Writes a tar stream; what it throws leaves the transfer broken off, which the server notices. */
@FunctionalInterface
public interface TarBody {

  /** Writes the whole stream; the receiver ends it. */
  void writeTo(OutputStream out) throws IOException;
}
