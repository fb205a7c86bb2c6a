package io.gardencell.hcs;

import java.util.List;

/** Network adapters in all compartments (iphlpapi.dll). */
public interface HostInterfaces {

  /** All adapters, those of containers included. */
  List<HostInterface> interfaces();

  /** IPv4 MTU of an adapter, in bytes, read in the adapter's own compartment. */
  long mtu(HostInterface adapter);

  /** Sets the IPv4 MTU of an adapter, in bytes. */
  void setMtu(HostInterface adapter, long mtu);
}
