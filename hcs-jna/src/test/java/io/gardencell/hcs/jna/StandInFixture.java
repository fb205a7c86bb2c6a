package io.gardencell.hcs.jna;

import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.document.HnsNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** The JNA host on the stand-in vmcompute.dll, with its program probe.exe in the containers. */
public final class StandInFixture implements HostFixture {

  private final Path root = Path.of(System.getenv("FAKEHCS_ROOT"));
  private final Path directory = root.resolve("contract-" + UUID.randomUUID());
  private Host host = start();

  /** Opens the host on a machine without networks. */
  public StandInFixture() {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    removeNetworks();
  }

  private Host start() {
    return new HcsHostProvider().open(new HostOptions(directory.resolve("data")));
  }

  /** HNS is one for the machine: what another test made would be in the way. */
  private void removeNetworks() {
    for (HnsNetwork network : host.networks().networks()) {
      host.networks().deleteNetwork(network.id());
    }
  }

  @Override
  public Host host() {
    return host;
  }

  @Override
  public Host reopen() {
    host.close();
    host = start();
    return host;
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public Path baseLayer() {
    try {
      Path layer = directory.resolve("base");
      Path files = Files.createDirectories(layer.resolve("Files"));
      Files.writeString(files.resolve("marker.txt"), "base");
      return layer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<Path> contents(String volume) {
    String guid = volume.substring(volume.indexOf('{') + 1, volume.indexOf('}'));
    return Optional.of(root.resolve("volumes").resolve(guid));
  }

  @Override
  public boolean showsLayers() {
    return System.getenv("FAKEHCS_JAIL") != null;
  }

  @Override
  public String exits(int code) {
    return "probe.exe exit " + code;
  }

  @Override
  public String runsForever() {
    return "probe.exe sleep 2000000000";
  }

  @Override
  public String echoes() {
    return "probe.exe cat";
  }

  @Override
  public String writesZeros(long count) {
    return "probe.exe fill " + count;
  }

  @Override
  public String writes(String stdout, String stderr) {
    return "probe.exe out " + stdout + " err " + stderr;
  }

  @Override
  public String printsVariable(String name) {
    return "probe.exe env " + name;
  }

  @Override
  public String printsArguments() {
    return "probe.exe args";
  }

  @Override
  public void close() {
    removeNetworks();
    host.close();
  }
}
