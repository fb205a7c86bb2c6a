package io.gardencell.hcs;

/**
 * A Windows host as the modules see it: one port per group of host functions, all speaking HCS's
 * and HNS's nouns.
 *
 * <p>There are two hosts: {@code hcs} (vmcompute.dll and its neighbours, through JNA) and {@code
 * emulated} (real local processes, no isolation). Every port may be used from any thread; its calls
 * block and must not run on an event loop. Failures are {@link HcsException}s.
 *
 * @param name {@code hcs} or {@code emulated}: the value of {@code --host}
 * @param description one line for an operator, for example the Windows build; says plainly when
 *     nothing is isolated
 * @param build Windows build, for example 17763; 0 where the host is no Windows
 * @param isolated whether containers are separated from the host and from each other
 * @param compute compute systems and their processes
 * @param processes processes of the host, by pid
 * @param volumes mount points of container volumes
 * @param networks HNS networks
 * @param endpoints HNS endpoints
 * @param interfaces network adapters and their MTU
 * @param scratchLayers life cycle of writable (sandbox) layers
 * @param layerImport making read-only layers from files
 * @param layerFiles writing of layer files in backup semantics
 * @param quota directory quotas of volumes
 * @param closer ends threads and handles of the host; containers and their processes live on
 */
public record Host(
    String name,
    String description,
    int build,
    boolean isolated,
    HostCompute compute,
    HostProcesses processes,
    HostVolumes volumes,
    HostNetworks networks,
    HostEndpoints endpoints,
    HostInterfaces interfaces,
    ScratchLayers scratchLayers,
    LayerImport layerImport,
    LayerFiles layerFiles,
    HostQuota quota,
    Runnable closer)
    implements AutoCloseable {

  @Override
  public void close() {
    closer.run();
  }
}
