package io.gardencell.hcs.fault;

import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostCompute;
import io.gardencell.hcs.HostEndpoints;
import io.gardencell.hcs.HostInterfaces;
import io.gardencell.hcs.HostNetworks;
import io.gardencell.hcs.HostProcesses;
import io.gardencell.hcs.HostQuota;
import io.gardencell.hcs.HostVolumes;
import io.gardencell.hcs.LayerFile;
import io.gardencell.hcs.LayerFiles;
import io.gardencell.hcs.LayerFolder;
import io.gardencell.hcs.LayerImport;
import io.gardencell.hcs.ScratchLayers;
import io.gardencell.hcs.fault.Fault.Kind;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A host that misbehaves on demand. It wraps every port of another host, and the systems,
 * processes, folders and files that these hand out; counts the calls that can block or fail, and
 * the handles that are open. Without a fault it is transparent. Any thread.
 */
public final class FaultyHost implements AutoCloseable {

  /** What tells something of an object in memory, or cannot fail, is no call. */
  private static final Set<String> NO_CALLS =
      Set.of("id", "pid", "stdin", "stdout", "stderr", "exited", "close", "mountRoot");

  private static final List<Class<?>> HANDLES =
      List.of(ComputeSystem.class, ComputeProcess.class, LayerFolder.class, LayerFile.class);

  private final Host host;
  private final Host faulty;
  private final AtomicLong openHandles = new AtomicLong();
  private final AtomicLong injected = new AtomicLong();
  private final List<String> calls = new ArrayList<>();
  private @Nullable Fault fault;
  private long counted;
  private int hanging;
  private CountDownLatch release = new CountDownLatch(1);

  /** Wraps a host, which {@link #close} closes. */
  public FaultyHost(Host host) {
    this.host = host;
    faulty =
        new Host(
            host.name(),
            host.description(),
            host.build(),
            host.isolated(),
            wrap(HostCompute.class, host.compute()),
            wrap(HostProcesses.class, host.processes()),
            wrap(HostVolumes.class, host.volumes()),
            wrap(HostNetworks.class, host.networks()),
            wrap(HostEndpoints.class, host.endpoints()),
            wrap(HostInterfaces.class, host.interfaces()),
            wrap(ScratchLayers.class, host.scratchLayers()),
            wrap(LayerImport.class, host.layerImport()),
            wrap(LayerFiles.class, host.layerFiles()),
            wrap(HostQuota.class, host.quota()),
            this::close);
  }

  /** The misbehaving host. */
  public Host host() {
    return faulty;
  }

  /** From the next call on this fault is in force, alone; counting begins anew. */
  public synchronized void inject(Fault next) {
    fault = next;
    counted = 0;
    calls.clear();
    release.countDown();
    release = new CountDownLatch(1);
  }

  /** No fault any more; calls that hang go on; counting begins anew. */
  public synchronized void heal() {
    fault = null;
    counted = 0;
    calls.clear();
    release.countDown();
  }

  /** Calls that hang go on; the fault stays, but hits none that come later. */
  public synchronized void release() {
    release.countDown();
  }

  /** The names of all calls since the last change of fault, in order. */
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  /** How many calls hang now. */
  public synchronized int hanging() {
    return hanging;
  }

  /** How many calls went wrong since the beginning. */
  public long injected() {
    return injected.get();
  }

  /** Handles of systems, processes, folders and files that are not closed. */
  public long openHandles() {
    return openHandles.get();
  }

  /** Ends what hangs and closes the wrapped host. */
  @Override
  public void close() {
    heal();
    host.close();
  }

  private <T> T wrap(Class<T> port, T target) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(), new Class<?>[] {port}, new Wrapper(port, target)));
  }

  /** Notes a call; the fault if it hits this call. */
  private synchronized @Nullable Fault enter(String name) {
    calls.add(name);
    Fault now = fault;
    if (now == null || !now.counts(name) || !now.hits(++counted)) {
      return null;
    }
    injected.incrementAndGet();
    return now;
  }

  private void hang() {
    CountDownLatch mine;
    synchronized (this) {
      hanging++;
      mine = release;
    }
    boolean interrupted = false;
    // A native call cannot be interrupted either.
    while (true) {
      try {
        mine.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    synchronized (this) {
      hanging--;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Wrapper implements InvocationHandler {

    private final Class<?> port;
    private final Object target;
    private final AtomicBoolean closed = new AtomicBoolean();

    Wrapper(Class<?> port, Object target) {
      this.port = port;
      this.target = target;
      if (HANDLES.contains(port)) {
        openHandles.incrementAndGet();
      }
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      String name = port.getSimpleName() + "." + method.getName();
      if (method.getDeclaringClass() == Object.class) {
        return ofObject(proxy, method, arguments);
      }
      if (method.getName().equals("close")) {
        if (!closed.getAndSet(true)) {
          openHandles.decrementAndGet();
        }
        return call(method, arguments);
      }
      if (NO_CALLS.contains(method.getName())) {
        return call(method, arguments);
      }
      Fault hit = enter(name);
      Kind kind = hit == null ? Kind.DELAY : hit.kind();
      if (hit != null && kind == Kind.FAIL) {
        throw hit.failure(name);
      }
      if (hit != null && kind == Kind.DELAY) {
        LockSupport.parkNanos(hit.delay().toNanos());
      }
      if (kind == Kind.HANG) {
        hang();
      }
      Object result = call(method, arguments);
      if (hit != null && kind == Kind.HALF) {
        if (result instanceof AutoCloseable handle) {
          handle.close();
        }
        throw hit.failure(name);
      }
      return wrapped(result);
    }

    private @Nullable Object ofObject(Object proxy, Method method, Object @Nullable [] arguments) {
      return switch (method.getName()) {
        case "equals" -> arguments != null && arguments[0] == proxy;
        case "hashCode" -> System.identityHashCode(proxy);
        default -> "faulty " + target;
      };
    }

    private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
      try {
        return method.invoke(target, unwrapped(arguments));
      } catch (InvocationTargetException e) {
        throw e.getCause() == null ? e : e.getCause();
      }
    }

    private Object @Nullable [] unwrapped(Object @Nullable [] arguments) {
      if (arguments == null) {
        return null;
      }
      Object[] plain = arguments.clone();
      for (int i = 0; i < plain.length; i++) {
        if (plain[i] != null
            && Proxy.isProxyClass(plain[i].getClass())
            && Proxy.getInvocationHandler(plain[i]) instanceof Wrapper wrapper) {
          plain[i] = wrapper.target;
        }
      }
      return plain;
    }

    private @Nullable Object wrapped(@Nullable Object result) {
      for (Class<?> handle : HANDLES) {
        if (handle.isInstance(result)) {
          return Proxy.newProxyInstance(
              handle.getClassLoader(), new Class<?>[] {handle}, new Wrapper(handle, result));
        }
      }
      return result;
    }
  }

  /** How often each operation was called since the last change of fault. */
  public synchronized Map<String, Integer> counts() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    calls.forEach(name -> counts.merge(name, 1, Integer::sum));
    return counts;
  }
}
