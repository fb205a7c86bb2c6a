package io.gardencell.emulator.network;

import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.hcs.HostInterfaces;
import io.gardencell.hcs.HostNetworks;

/** The ports of HNS over one set of documents and one forwarder, which ends with it. */
public final class EmulatedHns implements AutoCloseable {

  private final PortMappings mappings;
  private final EmulatedEndpoints endpoints;
  private final EmulatedNetworks networks;
  private final EmulatedInterfaces interfaces;

  /** HNS whose documents lie in a state directory. */
  public EmulatedHns(StateDirectory state) {
    HnsDocuments documents = new HnsDocuments(state);
    mappings = new PortMappings(documents);
    endpoints = new EmulatedEndpoints(documents, mappings);
    networks = new EmulatedNetworks(documents, endpoints);
    interfaces = new EmulatedInterfaces(documents);
  }

  /** Networks. */
  public HostNetworks networks() {
    return networks;
  }

  /** Endpoints, with what compute systems need of them. */
  public EmulatedEndpoints endpoints() {
    return endpoints;
  }

  /** Adapters. */
  public HostInterfaces interfaces() {
    return interfaces;
  }

  /** Follows what other processes changed; to be called now and then. */
  public void watch() {
    mappings.watch();
  }

  @Override
  public void close() {
    mappings.close();
  }
}
