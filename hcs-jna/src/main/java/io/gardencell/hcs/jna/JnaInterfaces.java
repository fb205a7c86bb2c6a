package io.gardencell.hcs.jna;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.HostInterfaces;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/**
 * Adapters through iphlpapi.dll; any thread. What needs another network compartment runs on a
 * thread of its own that is thrown away, so that no later call can find itself in the wrong one.
 */
final class JnaInterfaces implements HostInterfaces {

  private static final int BUFFER_OVERFLOW = 111;
  private static final int NO_DATA = 232;
  private static final int FLAGS = 0x10 | 0x200;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 23;
  private static final int OPER_STATUS_UP = 1;
  private static final int ROW_BYTES = 168;

  private final IpHlpApi dll;
  private final Failures failures;

  JnaInterfaces(IpHlpApi dll, Failures failures) {
    this.dll = dll;
    this.failures = failures;
  }

  @Override
  public List<HostInterface> interfaces() {
    var size = new IntByReference(15_000);
    for (int attempt = 0; attempt < 5; attempt++) {
      try (Memory buffer = new Memory(size.getValue())) {
        buffer.clear();
        int code = dll.GetAdaptersAddresses(0, FLAGS, Pointer.NULL, buffer, size);
        if (code == 0 || code == NO_DATA) {
          return code == 0 && size.getValue() > 0 ? walk(buffer) : List.of();
        }
        if (code != BUFFER_OVERFLOW) {
          throw failures.win32(code, "GetAdaptersAddresses", "");
        }
      }
    }
    throw failures.win32(BUFFER_OVERFLOW, "GetAdaptersAddresses", "");
  }

  /** IP_ADAPTER_ADDRESSES; the offsets are those of the Windows headers for 64 bits. */
  static List<HostInterface> walk(Pointer first) {
    List<HostInterface> result = new ArrayList<>();
    for (Pointer a = first; a != null; a = a.getPointer(8)) {
      Pointer name = a.getPointer(72);
      result.add(
          new HostInterface(
              name == null ? "" : name.getWideString(0),
              a.getInt(4),
              a.getLong(224),
              a.getInt(248),
              a.getInt(104) == OPER_STATUS_UP,
              Integer.toUnsignedLong(a.getInt(216)),
              addresses(a.getPointer(24))));
    }
    return result;
  }

  /** IP_ADAPTER_UNICAST_ADDRESS: next at 8, SOCKET_ADDRESS (sockaddr pointer, length) at 16. */
  private static List<String> addresses(Pointer first) {
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

  @Override
  public long mtu(HostInterface adapter) {
    return inCompartment(
        adapter,
        row -> {
          read(row, adapter);
          return Integer.toUnsignedLong(row.getInt(152));
        });
  }

  @Override
  public void setMtu(HostInterface adapter, long mtu) {
    inCompartment(
        adapter,
        row -> {
          read(row, adapter);
          row.setInt(144, 0);
          row.setInt(152, Math.toIntExact(mtu));
          check(dll.SetIpInterfaceEntry(row), "SetIpInterfaceEntry", adapter);
          return mtu;
        });
  }

  private void read(Pointer row, HostInterface adapter) {
    row.setShort(0, (short) AF_INET);
    row.setLong(8, adapter.luid());
    check(dll.GetIpInterfaceEntry(row), "GetIpInterfaceEntry", adapter);
  }

  private static void check(int code, String function, HostInterface adapter) {
    if (code != 0) {
      throw new HcsException(
          function, adapter.name(), code, "%s: 0x%x".formatted(function, code), List.of());
    }
  }

  private long inCompartment(HostInterface adapter, Function<Pointer, Long> work) {
    var task =
        new FutureTask<>(
            () -> {
              // a Win32 code, not an HRESULT
              check(
                  dll.SetCurrentThreadCompartmentId(adapter.compartment()),
                  "SetCurrentThreadCompartmentId",
                  adapter);
              try (Memory row = new Memory(ROW_BYTES)) {
                row.clear();
                return work.apply(row);
              } finally {
                dll.SetCurrentThreadCompartmentId(0);
              }
            });
    Thread thread = new Thread(task, "hcs-compartment");
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while asking for an adapter", interrupted);
    }
  }
}
