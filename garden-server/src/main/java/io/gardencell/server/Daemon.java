package io.gardencell.server;

import io.gardencell.api.IpAddress;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.server.cell.CellSettings;
import io.gardencell.server.cell.Plugins;
import io.gardencell.server.flag.Flags;
import io.gardencell.server.flag.ServerOptions;
import io.gardencell.server.gardener.Gardener;
import io.gardencell.server.http.GardenServer;
import io.gardencell.server.http.HijackedConnections;
import io.gardencell.server.http.Router;
import io.gardencell.server.http.ServerSettings;
import io.gardencell.server.operations.Operations;
import io.gardencell.server.operations.ServerFacts;
import io.gardencell.server.operations.Telemetry;
import io.gardencell.server.route.GardenApi;
import io.gardencell.server.stream.StreamSettings;
import io.gardencell.server.stream.Streams;
import io.netty.util.HashedWheelTimer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: host, plugins, Gardener and API, started in order and closed in reverse,
 * also when a start fails half-way. One thread starts it, one closes it; containers live on.
 */
public final class Daemon implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Daemon.class);
  private static final String LOOPBACK = "127.0.0.1";

  private final CloseStack opened = new CloseStack();
  private final ServerOptions options;
  private final Path dataDir;
  private final HashedWheelTimer timer = new HashedWheelTimer();
  private Optional<GardenApi> api = Optional.empty();
  private Optional<ServerFacts> facts = Optional.empty();

  private Daemon(ServerOptions options) {
    this.options = options;
    this.dataDir = options.dataDir();
  }

  /**
   * Opens the host, binds, recovers what is there and serves.
   *
   * @throws IOException if it cannot, with the reason; nothing is left open
   */
  public static Daemon start(ServerOptions options) throws IOException {
    return begin(options, Daemon::serve);
  }

  /** Destroys every container of the data directory. */
  static void cleanUp(ServerOptions options) throws IOException {
    begin(options, daemon -> daemon.gardener(true, daemon.streams()).start()).close();
  }

  private static Daemon begin(ServerOptions options, Beginning beginning) throws IOException {
    Daemon daemon = new Daemon(options);
    boolean begun = false;
    try {
      daemon.opened.push(daemon.timer::stop);
      daemon.opened.push(DataDirectory.take(daemon.dataDir));
      beginning.of(daemon);
      begun = true;
      return daemon;
    } finally {
      if (!begun) {
        daemon.close();
      }
    }
  }

  private interface Beginning {
    void of(Daemon daemon) throws IOException;
  }

  private void serve() throws IOException {
    Streams streams = streams();
    Gardener gardener = gardener(options.get(Flags.DESTROY_ON_STARTUP), streams);
    SocketAddress address = address();
    ServerSettings defaults = ServerSettings.defaults(address);
    GardenApi.Settings settings =
        new GardenApi.Settings(
            defaults.withTimes(
                options.get(Flags.READ_HEADER_TIMEOUT),
                defaults.idle(),
                options.get(Flags.STOP_TIMEOUT)),
            options.get(Flags.DEFAULT_GRACE_TIME),
            GardenApi.Settings.defaults(defaults).leastReapRetry());
    Telemetry telemetry = new Telemetry();
    GardenApi serving = new GardenApi(settings, gardener, streams, timer, telemetry);
    opened.push(serving::close);
    Operations operations =
        new Operations(facts.orElseThrow(), gardener, serving, streams, telemetry);
    operations.addTo(serving.router());
    debug(operations);
    serving.bind();
    gardener.start();
    serving.serve();
    api = Optional.of(serving);
    log.atInfo()
        .addKeyValue("network", address instanceof UnixDomainSocketAddress ? "unix" : "tcp")
        .addKeyValue("addr", shown(address, serving))
        .log("guardian.started");
  }

  /** The operators' routes on an address of their own; a failure is only logged (guardian). */
  private void debug(Operations operations) {
    Optional<IpAddress> ip = options.get(Flags.DEBUG_BIND_IP);
    if (ip.isEmpty()) {
      return;
    }
    Router router = new Router();
    operations.addTo(router);
    ServerSettings settings =
        ServerSettings.defaults(
            new InetSocketAddress(ip.get().toInetAddress(), options.get(Flags.DEBUG_BIND_PORT)));
    GardenServer server =
        new GardenServer(settings, router, new HijackedConnections(), (route, status, took) -> {});
    try {
      server.bind();
    } catch (IOException e) {
      log.atError().setCause(e).log("debug server not started");
      return;
    }
    server.serve();
    opened.push(server::close);
    log.atInfo().addKeyValue("port", server.port()).log("debug server started");
  }

  private Streams streams() {
    boolean drop = options.get(Flags.OUTPUT_OVERFLOW).equals("drop");
    StreamSettings settings =
        StreamSettings.defaults()
            .withOverflow(drop ? StreamSettings.Overflow.DROP : StreamSettings.Overflow.BLOCK)
            .withEofOnDisconnect(options.get(Flags.STDIN_ON_DISCONNECT).equals("close"));
    Streams streams = new Streams(settings, timer);
    opened.push(streams);
    return streams;
  }

  private Gardener gardener(boolean destroyOnStart, Streams streams) throws IOException {
    Host host = HostProvider.named(options.get(Flags.HOST)).open(new HostOptions(dataDir));
    opened.push(host::close);
    log.atInfo()
        .addKeyValue("host", host.name())
        .addKeyValue("description", host.description())
        .log(host.isolated() ? "host opened" : "host opened: nothing is isolated");
    Plugins plugins = BuiltInPlugins.of(options, host, dataDir);
    if (plugins.network() instanceof AutoCloseable network) {
      opened.push(network);
    }
    if (plugins.runtime() instanceof AutoCloseable runtime) {
      opened.push(runtime);
    }
    Path depot = depot();
    facts =
        Optional.of(
            new ServerFacts(
                Optional.ofNullable(Daemon.class.getPackage().getImplementationVersion())
                    .orElse("dev"),
                host.name(),
                host.description(),
                host.isolated(),
                depot,
                List.of("garden-server")));
    CellSettings defaults = CellSettings.defaults(depot, initBin(host));
    CellSettings.Policy policy =
        new CellSettings.Policy(
            options.get(Flags.DEFAULT_ROOTFS),
            options
                .get(Flags.EXTERNAL_IP)
                .map(IpAddress::toString)
                .orElseGet(ExternalAddress::detect),
            !options.get(Flags.DISABLE_PRIVILEGED),
            destroyOnStart,
            options.get(Flags.CPU_ENTITLEMENT).orElseGet(Daemon::entitlementPerShare));
    Gardener gardener =
        new Gardener(
            defaults
                .with(policy)
                .with(defaults.bounds().withContainers(options.get(Flags.MAX_CONTAINERS))),
            plugins,
            streams,
            Clock.systemUTC());
    opened.push(gardener);
    return gardener;
  }

  private Path depot() throws IOException {
    Optional<Path> given = options.get(Flags.DEPOT).map(Path::toAbsolutePath);
    if (given.isPresent() && !Files.isDirectory(given.get())) {
      throw new IOException("--depot: '" + given.get() + "' (expected: an existing directory)");
    }
    return given.isPresent() ? given.get() : Files.createDirectories(dataDir.resolve("depot"));
  }

  /** On the emulated host a script that sleeps for ever, unless a program is named. */
  private Path initBin(Host host) throws IOException {
    Optional<Path> given = options.get(Flags.INIT_BIN);
    if (given.isPresent()) {
      return given.get();
    }
    if (host.isolated()) {
      throw new IOException("--init-bin: not given (expected: the init program of containers)");
    }
    Path script =
        Files.createDirectories(dataDir.resolve("bin").resolve("winit")).resolve("garden-init.exe");
    Files.writeString(script, "#!/bin/sh\nexec sleep 2147483647\n");
    if (!script.toFile().setExecutable(true)) {
      throw new IOException(script + " cannot be made executable");
    }
    return script;
  }

  private SocketAddress address() {
    Optional<Path> socket = options.get(Flags.BIND_SOCKET);
    Optional<IpAddress> ip = options.get(Flags.BIND_IP);
    if (socket.isPresent() && ip.isEmpty()) {
      return UnixDomainSocketAddress.of(socket.get().toAbsolutePath());
    }
    InetSocketAddress address =
        new InetSocketAddress(
            ip.orElse(IpAddress.parse(LOOPBACK)).toInetAddress(), options.get(Flags.BIND_PORT));
    if (!address.getAddress().isLoopbackAddress()) {
      log.atWarn()
          .addKeyValue("address", address.getAddress().getHostAddress())
          .log("listening beyond this machine: whoever reaches it controls the cell");
    }
    return address;
  }

  private static String shown(SocketAddress address, GardenApi api) {
    if (address instanceof InetSocketAddress inet) {
      String ip = inet.getAddress().getHostAddress();
      return (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + api.port();
    }
    return address.toString();
  }

  /** Percent of a processor for each share: cores x 100 / memory in MiB (guardian.md 9.4). */
  private static double entitlementPerShare() {
    double mebibytes = Gardener.physicalMemory() / (1024.0 * 1024.0);
    return Runtime.getRuntime().availableProcessors() * 100 / mebibytes;
  }

  /** The TCP port it listens on. */
  public int port() {
    return api.orElseThrow(() -> new IllegalStateException("daemon does not serve")).port();
  }

  /** Stops serving in bounded time and lets go of the containers. */
  @Override
  public void close() {
    opened.close();
  }
}
