package io.gardencell.hcs;

/** Hosts that are another host but for some of its parts. Any thread. */
public final class Hosts {

  private Hosts() {}

  /** The same, which lives on when a program that was given it closes it. */
  public static Host kept(Host host) {
    return but(
        host, host.name(), host.processes(), host.layerImport(), host.layerFiles(), () -> {});
  }

  /** The same with other processes. */
  public static Host with(Host host, HostProcesses processes) {
    return but(host, host.name(), processes, host.layerImport(), host.layerFiles(), host.closer());
  }

  /** The same under another name with other read-only layers. */
  public static Host with(Host host, String name, LayerImport layerImport, LayerFiles layerFiles) {
    return but(host, name, host.processes(), layerImport, layerFiles, host.closer());
  }

  private static Host but(
      Host host,
      String name,
      HostProcesses processes,
      LayerImport layerImport,
      LayerFiles layerFiles,
      Runnable closer) {
    return new Host(
        name,
        host.description(),
        host.build(),
        host.isolated(),
        host.compute(),
        processes,
        host.volumes(),
        host.networks(),
        host.endpoints(),
        host.interfaces(),
        host.scratchLayers(),
        layerImport,
        layerFiles,
        host.quota(),
        closer);
  }
}
