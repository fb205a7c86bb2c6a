package io.gardencell.hcs.jna.network;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;

/**
 * MIB_IPINTERFACE_ROW of IPv4, 168 bytes: family at 0, LUID at 8, SitePrefixLength at 144, NlMtu at
 * 152 (netioapi.h; winc declares its last fields too wide and the row 176 bytes).
 */
final class IpInterfaceRow implements AutoCloseable {

  static final int BYTES = 168;
  private static final short AF_INET = 2;

  private final Memory row = new Memory(BYTES);

  IpInterfaceRow(long luid) {
    row.clear();
    row.setShort(0, AF_INET);
    row.setLong(8, luid);
  }

  Pointer pointer() {
    return row;
  }

  long mtu() {
    return Integer.toUnsignedLong(row.getInt(152));
  }

  /** A row that was read has a prefix length that may not be written back. */
  void setMtu(int mtu) {
    row.setInt(144, 0);
    row.setInt(152, mtu);
  }

  @Override
  public void close() {
    row.close();
  }
}
