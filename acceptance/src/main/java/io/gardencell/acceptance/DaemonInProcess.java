package io.gardencell.acceptance;

import io.gardencell.server.Daemon;
import io.gardencell.server.flag.ServerOptions;
import java.io.IOException;
import java.util.List;

/** A daemon in this JVM. It cannot be killed. */
final class DaemonInProcess implements RunningDaemon {

  private final Daemon daemon;

  DaemonInProcess(List<String> flags) throws IOException {
    daemon = Daemon.start(ServerOptions.parse(flags.toArray(new String[0])));
  }

  @Override
  public int port() {
    return daemon.port();
  }

  @Override
  public long pid() {
    return ProcessHandle.current().pid();
  }

  @Override
  public String log() {
    return "";
  }

  @Override
  public void end(boolean atOnce) {
    if (atOnce) {
      throw new IllegalStateException("a daemon in this JVM cannot be killed");
    }
    daemon.close();
  }
}
