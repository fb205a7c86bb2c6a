package io.gardencell.hcs.jna.network;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.HostInterfaces;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.NativeLibraries;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.ToLongFunction;

/**
 * Adapters through iphlpapi.dll; any thread. What needs another network compartment runs on a
 * thread of its own that is thrown away, so that no later call can find itself in the wrong one.
 */
public final class JnaInterfaces implements HostInterfaces {

  private static final int BUFFER_OVERFLOW = 111;
  private static final int NO_DATA = 232;
  private static final int FLAGS = 0x10 | 0x200;
  private static final int HOST_COMPARTMENT = 0;

  private final IpHlpApi dll;
  private final Failures failures;

  JnaInterfaces(IpHlpApi dll, Failures failures) {
    this.dll = dll;
    this.failures = failures;
  }

  /** Binds iphlpapi.dll. */
  public static JnaInterfaces of(Failures failures) {
    return new JnaInterfaces(NativeLibraries.load("iphlpapi", IpHlpApi.class), failures);
  }

  @Override
  public List<HostInterface> interfaces() {
    var size = new IntByReference(15_000);
    for (int attempt = 0; attempt < 5; attempt++) {
      try (Memory buffer = new Memory(size.getValue())) {
        buffer.clear();
        int code = dll.GetAdaptersAddresses(0, FLAGS, Pointer.NULL, buffer, size);
        if (code == 0 || code == NO_DATA) {
          return code == 0 && size.getValue() > 0 ? AdapterAddresses.read(buffer) : List.of();
        }
        if (code != BUFFER_OVERFLOW) {
          throw failures.win32(code, "GetAdaptersAddresses", "");
        }
      }
    }
    throw failures.win32(BUFFER_OVERFLOW, "GetAdaptersAddresses", "");
  }

  @Override
  public long mtu(HostInterface adapter) {
    return inCompartment(
        adapter,
        row -> {
          read(row, adapter);
          return row.mtu();
        });
  }

  @Override
  public void setMtu(HostInterface adapter, long mtu) {
    inCompartment(
        adapter,
        row -> {
          read(row, adapter);
          row.setMtu(Math.toIntExact(mtu));
          check(dll.SetIpInterfaceEntry(row.pointer()), "SetIpInterfaceEntry", adapter);
          return mtu;
        });
  }

  private void read(IpInterfaceRow row, HostInterface adapter) {
    check(dll.GetIpInterfaceEntry(row.pointer()), "GetIpInterfaceEntry", adapter);
  }

  private static void check(int code, String function, HostInterface adapter) {
    if (code != 0) {
      throw new HcsException(
          function, adapter.name(), code, "%s: 0x%x".formatted(function, code), List.of());
    }
  }

  private long inCompartment(HostInterface adapter, ToLongFunction<IpInterfaceRow> work) {
    var task =
        new FutureTask<>(
            () -> {
              // a Win32 code, not an HRESULT
              check(
                  dll.SetCurrentThreadCompartmentId(adapter.compartment()),
                  "SetCurrentThreadCompartmentId",
                  adapter);
              try (IpInterfaceRow row = new IpInterfaceRow(adapter.luid())) {
                return work.applyAsLong(row);
              } finally {
                // the thread ends here, so a refusal can do no harm
                dll.SetCurrentThreadCompartmentId(HOST_COMPARTMENT);
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
