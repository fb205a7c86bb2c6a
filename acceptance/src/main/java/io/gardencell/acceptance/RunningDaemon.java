package io.gardencell.acceptance;

import java.io.IOException;

/** A daemon from its start to its end. */
interface RunningDaemon {

  int port();

  long pid();

  String log() throws IOException;

  /** Ends it, at once or cleanly, and waits until it has ended. */
  void end(boolean atOnce) throws IOException;
}
