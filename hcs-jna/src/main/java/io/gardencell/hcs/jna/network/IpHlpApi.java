package io.gardencell.hcs.jna.network;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import org.jspecify.annotations.NullUnmarked;

/** iphlpapi.dll: adapters of all compartments and their MTU. */
@NullUnmarked
interface IpHlpApi extends Library {

  int GetAdaptersAddresses(
      int family, int flags, Pointer reserved, Pointer addresses, IntByReference size);

  int GetIpInterfaceEntry(Pointer row);

  int SetIpInterfaceEntry(Pointer row);

  int SetCurrentThreadCompartmentId(int id);
}
