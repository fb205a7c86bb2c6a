package io.gardencell.server;

import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.image.GrootImage;
import io.gardencell.image.ImageConfig;
import io.gardencell.network.NetworkConfig;
import io.gardencell.network.WincNetwork;
import io.gardencell.runtime.RuntimeConfig;
import io.gardencell.runtime.WincRuntime;
import io.gardencell.server.gardener.Gardener;
import io.gardencell.server.gardener.GardenerSettings;
import io.gardencell.server.gardener.Plugins;
import io.gardencell.server.http.ServerSettings;
import io.gardencell.server.route.GardenApi;
import io.gardencell.server.stream.StreamSettings;
import io.gardencell.server.stream.Streams;
import io.netty.util.HashedWheelTimer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: host, plugins, Gardener and API, started in order and closed in reverse.
 */
public final class Daemon implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Daemon.class);

  private final GardenApi api;
  private final Gardener gardener;
  private final HashedWheelTimer timer;
  private final Host host;

  private Daemon(GardenApi api, Gardener gardener, HashedWheelTimer timer, Host host) {
    this.api = api;
    this.gardener = gardener;
    this.timer = timer;
    this.host = host;
  }

  /** Opens the host, binds, recovers what is there and serves. */
  public static Daemon start(ServerOptions options) throws IOException {
    Path dataDir = options.dataDir.toAbsolutePath().normalize();
    Host host = HostProvider.named(options.host).open(new HostOptions(dataDir));
    log.atInfo()
        .addKeyValue("host", host.name())
        .addKeyValue("description", host.description())
        .log(host.isolated() ? "host opened" : "host opened: nothing is isolated");
    InetSocketAddress address = new InetSocketAddress(options.bindIp, options.bindPort);
    if (!address.getAddress().isLoopbackAddress()) {
      log.atWarn().addKeyValue("address", address).log("listening beyond this machine");
    }
    Path depot = Files.createDirectories(dataDir.resolve("depot"));
    HashedWheelTimer timer = new HashedWheelTimer();
    Streams streams = new Streams(StreamSettings.defaults(), timer);
    Plugins plugins =
        new Plugins(
            new GrootImage(host, ImageConfig.defaults(dataDir)),
            new WincNetwork(host, NetworkConfig.defaults(dataDir)),
            new WincRuntime(host, RuntimeConfig.defaults(dataDir)));
    GardenerSettings defaults = GardenerSettings.defaults(depot, initBin(options, host, dataDir));
    Gardener gardener =
        new Gardener(
            defaults
                .with(
                    new GardenerSettings.Policy(
                        options.defaultRootfs,
                        options.externalIp,
                        defaults.policy().privilegedAllowed(),
                        options.destroyOnStart,
                        entitlementPerShare()))
                .with(defaults.bounds().withContainers(options.maxContainers)),
            plugins,
            streams,
            Clock.systemUTC());
    GardenApi api =
        new GardenApi(
            GardenApi.Settings.defaults(ServerSettings.defaults(address)),
            gardener,
            streams,
            timer,
            (route, status, took) -> {});
    api.bind();
    gardener.start();
    api.serve();
    log.atInfo()
        .addKeyValue("network", "tcp")
        .addKeyValue("addr", options.bindIp + ":" + api.port())
        .log("guardian.started");
    return new Daemon(api, gardener, timer, host);
  }

  /** The TCP port it listens on. */
  public int port() {
    return api.port();
  }

  /** On the emulated host a script that sleeps for ever, unless one is named. */
  private static Path initBin(ServerOptions options, Host host, Path dataDir) throws IOException {
    if (!options.initBin.toString().isEmpty()) {
      return options.initBin.toAbsolutePath();
    }
    if (host.isolated()) {
      throw new IllegalArgumentException("--init-bin: '' (expected: the init program)");
    }
    Path script =
        Files.createDirectories(dataDir.resolve("bin").resolve("winit")).resolve("garden-init.exe");
    Files.writeString(script, "#!/bin/sh\nexec sleep 2147483647\n");
    if (!script.toFile().setExecutable(true)) {
      throw new IOException(script + " cannot be made executable");
    }
    return script;
  }

  /** Percent of a processor for each share: cores x 100 / memory in MiB (guardian.md 9.4). */
  private static double entitlementPerShare() {
    double mebibytes = Gardener.physicalMemory() / (1024.0 * 1024.0);
    return Runtime.getRuntime().availableProcessors() * 100 / mebibytes;
  }

  /** Stops serving in bounded time; containers live on. */
  @Override
  public void close() {
    api.stop();
    gardener.close();
    timer.stop();
    host.close();
  }
}
