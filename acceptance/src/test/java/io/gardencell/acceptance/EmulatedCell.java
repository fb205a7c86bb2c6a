package io.gardencell.acceptance;

import io.gardencell.api.spi.RuntimePlugin;
import io.gardencell.hcs.ClaimedPorts;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.document.SystemQuery;
import io.gardencell.hcs.fault.FaultyHost;
import io.gardencell.image.GrootImage;
import io.gardencell.image.ImageConfig;
import io.gardencell.network.NetworkConfig;
import io.gardencell.network.WincNetwork;
import io.gardencell.runtime.RuntimeConfig;
import io.gardencell.runtime.WincRuntime;
import io.gardencell.server.cell.CellSettings;
import io.gardencell.server.cell.Plugins;
import io.gardencell.server.depot.DepotFiles;
import io.gardencell.server.gardener.Gardener;
import io.gardencell.server.stream.StreamSettings;
import io.gardencell.server.stream.Streams;
import io.netty.util.HashedWheelTimer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A whole cell in this process, without HTTP: the Gardener over the real plugins on the emulated
 * host, which misbehaves on demand. {@link #leftovers} says what a container has left anywhere.
 */
final class EmulatedCell implements AutoCloseable {

  private final Path data;
  private final ClaimedPorts ports;
  private final HashedWheelTimer timer = new HashedWheelTimer();
  private final Host plain;
  private final FaultyHost host;
  private final WincRuntime runtime;
  private final WincNetwork network;
  private final GrootImage image;
  private final Streams streams;
  private final Gardener gardener;

  /** A cell with its state below {@code data}; takes up what an earlier one left there. */
  EmulatedCell(Path data, UnaryOperator<CellSettings> settings) {
    this.data = data;
    ports = claimed();
    plain = HostProvider.named("emulated").open(new HostOptions(data));
    host = new FaultyHost(plain);
    runtime =
        new WincRuntime(
            host.host(),
            RuntimeConfig.defaults(data)
                .withStopTimeouts(Duration.ofSeconds(1), Duration.ofSeconds(1)));
    network =
        new WincNetwork(
            host.host(), NetworkConfig.defaults(data).withPorts(ports.first(), ports.count()));
    image = new GrootImage(host.host(), ImageConfig.defaults(data));
    streams =
        new Streams(
            StreamSettings.defaults()
                .with(
                    new StreamSettings.Times(
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(100),
                        Duration.ofMinutes(1))),
            timer);
    try {
      gardener =
          new Gardener(
              settings.apply(
                  CellSettings.defaults(
                      Files.createDirectories(data.resolve("depot")), init(data))),
              new Plugins(image, network, runtime),
              streams,
              Clock.systemUTC(),
              host.wrap(DepotFiles.class, DepotFiles.disk()));
      gardener.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ClaimedPorts claimed() {
    try {
      return ClaimedPorts.claim();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path init(Path data) throws IOException {
    Path script = Files.createDirectories(data.resolve("bin/winit")).resolve("garden-init.exe");
    Files.writeString(script, "#!/bin/sh\nexec sleep 2147483647\n");
    if (!script.toFile().setExecutable(true)) {
      throw new IOException(script + " cannot be made executable");
    }
    return script;
  }

  Gardener gardener() {
    return gardener;
  }

  /** Starts processes behind the Gardener's back. */
  RuntimePlugin runtime() {
    return runtime;
  }

  FaultyHost host() {
    return host;
  }

  /** Everything that exists of any container, each thing named with its place. */
  List<String> leftovers() {
    List<String> left = new ArrayList<>();
    gardener.handles(Map.of("garden.state", "all")).forEach(h -> left.add("container " + h));
    for (SystemProperties system : plain.compute().enumerate(SystemQuery.all())) {
      left.add("compute system " + system.id());
    }
    plain.endpoints().endpoints().forEach(e -> left.add("endpoint " + e.name()));
    image.handles().forEach(h -> left.add("volume " + h));
    for (String directory :
        List.of(
            "depot",
            "winc",
            "network/containers",
            "network/leftovers",
            "groot/volumes",
            "groot/pins",
            "groot/tmp",
            "emulator/proc",
            "emulator/systems",
            "emulator/volumes",
            "emulator/quota")) {
      names(data.resolve(directory)).forEach(n -> left.add(directory + "/" + n));
    }
    takenPorts().forEach(p -> left.add("port of " + p));
    return left;
  }

  private List<String> takenPorts() {
    Path pool = data.resolve("network/port-state.json");
    try {
      String text = Files.exists(pool) ? Files.readString(pool).strip() : "";
      return text.isEmpty() || text.equals("{\"acquired_ports\":{}}") ? List.of() : List.of(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> names(Path directory) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(e -> String.valueOf(e.getFileName())).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Leaves the containers running, as the end of the daemon does. */
  @Override
  public void close() {
    host.heal();
    gardener.close();
    runtime.close();
    network.close();
    streams.close();
    timer.stop();
    host.close();
    try {
      ports.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
