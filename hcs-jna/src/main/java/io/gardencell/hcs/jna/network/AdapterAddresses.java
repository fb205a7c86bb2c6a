package io.gardencell.hcs.jna.network;

import com.sun.jna.Pointer;
import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.jna.win32.Wide;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list of IP_ADAPTER_ADDRESSES (iptypes.h): index at 4, next at 8, unicast addresses at 24,
 * friendly name at 72, OperStatus at 104, IPv4 metric at 216, LUID at 224, compartment at 248. An
 * address has the next one at 8 and a SOCKET_ADDRESS at 16, whose first member points to the
 * sockaddr.
 */
final class AdapterAddresses {

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 23;
  private static final int OPER_STATUS_UP = 1;

  private AdapterAddresses() {}

  static List<HostInterface> read(@Nullable Pointer first) {
    List<HostInterface> result = new ArrayList<>();
    for (Pointer a = first; a != null; a = a.getPointer(8)) {
      Pointer name = a.getPointer(72);
      result.add(
          new HostInterface(
              name == null ? "" : Wide.of(name),
              a.getInt(4),
              a.getLong(224),
              a.getInt(248),
              a.getInt(104) == OPER_STATUS_UP,
              Integer.toUnsignedLong(a.getInt(216)),
              addresses(a.getPointer(24))));
    }
    return result;
  }

  private static List<String> addresses(@Nullable Pointer first) {
    List<String> result = new ArrayList<>();
    for (Pointer u = first; u != null; u = u.getPointer(8)) {
      Pointer socket = u.getPointer(16);
      int family = socket == null ? 0 : socket.getShort(0);
      if (family == AF_INET) {
        result.add(text(socket.getByteArray(4, 4)));
      } else if (family == AF_INET6) {
        result.add(text(socket.getByteArray(8, 16)));
      }
    }
    return result;
  }

  private static String text(byte[] address) {
    try {
      return InetAddress.getByAddress(address).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("address of " + address.length + " bytes", e);
    }
  }
}
