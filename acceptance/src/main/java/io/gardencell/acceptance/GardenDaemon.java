package io.gardencell.acceptance;

import io.gardencell.api.files.FileTree;
import io.gardencell.client.ClientSettings;
import io.gardencell.client.GardenClient;
import io.gardencell.hcs.ClaimedPorts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A garden server on the emulated host, on a free port, with a data directory and a pool of host
 * ports of its own; closing it destroys its containers and removes the directory. For tests and
 * benchmarks; one thread starts and stops it, any thread may use its client.
 */
public final class GardenDaemon implements AutoCloseable {

  private final Path dataDir;
  private final ClaimedPorts ports;
  private final List<String> flags;
  private final boolean ownJvm;
  private @Nullable RunningDaemon running;

  private GardenDaemon(boolean ownJvm, Path dataDir, ClaimedPorts ports, List<String> flags) {
    this.ownJvm = ownJvm;
    this.dataDir = dataDir;
    this.ports = ports;
    this.flags = flags;
  }

  /** The composed server in this JVM. */
  public static GardenDaemon inProcess(String... flags) throws IOException {
    return started(false, List.of(flags));
  }

  /** The packaged {@code garden-server.jar} as a process of its own. */
  public static GardenDaemon ownJvm(String... flags) throws IOException {
    return started(true, List.of(flags));
  }

  private static GardenDaemon started(boolean ownJvm, List<String> flags) throws IOException {
    Path dataDir = Files.createTempDirectory("garden-daemon").toRealPath();
    ClaimedPorts ports = ClaimedPorts.claim();
    GardenDaemon daemon = new GardenDaemon(ownJvm, dataDir, ports, flags);
    boolean started = false;
    try {
      daemon.writeNetworkConfig();
      daemon.start();
      started = true;
      return daemon;
    } finally {
      if (!started) {
        ports.close();
        FileTree.remove(dataDir);
      }
    }
  }

  /** The job's network (winc-network: NetworkConfig) with a pool that no other daemon has. */
  private void writeNetworkConfig() throws IOException {
    Files.writeString(
        networkConfig(),
        """
        {"network_name": "winc-nat", "subnet_range": "172.30.0.0/22", "gateway_address": "172.30.0.1",
         "dns_servers": ["172.30.0.1"], "first_port": %d, "port_count": %d}
        """
            .formatted(ports.first(), ports.count()));
  }

  /** Starts it again on the same data directory, with these flags besides its own. */
  public void start(String... moreFlags) throws IOException {
    if (running != null) {
      throw new IllegalStateException("daemon runs already");
    }
    List<String> all =
        new ArrayList<>(
            List.of(
                "--bind-ip=127.0.0.1",
                "--bind-port=0",
                "--data-dir=" + dataDir,
                "--network-config=" + networkConfig()));
    all.addAll(flags);
    all.addAll(List.of(moreFlags));
    running = ownJvm ? DaemonProcess.start(dataDir, all) : new DaemonInProcess(all);
  }

  private RunningDaemon running() {
    RunningDaemon now = running;
    if (now == null) {
      throw new IllegalStateException("daemon does not run");
    }
    return now;
  }

  /** The port it listens on. */
  public int port() {
    return running().port();
  }

  /** Its address. */
  public InetSocketAddress address() {
    return new InetSocketAddress("127.0.0.1", port());
  }

  /** A client of it. */
  public GardenClient client() {
    return new GardenClient(ClientSettings.of(address()));
  }

  /** Where its state lies. */
  public Path dataDir() {
    return dataDir;
  }

  /** The configuration of its network plugin. */
  public Path networkConfig() {
    return dataDir.resolve("network.json");
  }

  /** The id of its process. */
  public long pid() {
    return running().pid();
  }

  /** What it logged since it was last started, if it has a JVM of its own; else nothing. */
  public String log() throws IOException {
    return running().log();
  }

  /** Asks it to end (SIGTERM), waits until it has and gives its log; its containers live on. */
  public String terminate() throws IOException {
    return end(false);
  }

  /** Ends it at once (SIGKILL) and gives its log; its containers live on. */
  public String kill() throws IOException {
    return end(true);
  }

  private String end(boolean atOnce) throws IOException {
    RunningDaemon ending = running();
    ending.end(atOnce);
    running = null;
    return ending.log();
  }

  /** Destroys the containers, ends the daemon and removes its directory. */
  @Override
  public void close() throws IOException {
    if (running == null) {
      start("--destroy-containers-on-startup");
    }
    try {
      for (String handle : client().handles(Map.of("garden.state", "all"))) {
        client().destroy(handle);
      }
    } finally {
      try {
        terminate();
      } finally {
        ports.close();
        FileTree.remove(dataDir);
      }
    }
  }
}
