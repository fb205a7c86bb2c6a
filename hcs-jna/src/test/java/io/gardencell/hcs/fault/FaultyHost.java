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
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.channels.AsynchronousByteChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A host that misbehaves on demand. It wraps every port of another host, and the systems,
 * processes, folders, files and pipes that these hand out; counts the calls that can block or fail,
 * reads and writes of pipes and notifications of exits among them, and the handles that are open.
 * Other interfaces are wrapped by {@link #wrap}. Without a fault it is transparent. Any thread.
 */
public final class FaultyHost implements AutoCloseable {

  /** What tells something of an object in memory, or cannot fail, is no call. */
  private static final Set<String> NO_CALLS =
      Set.of("id", "pid", "stdin", "stdout", "stderr", "exited", "close", "mountRoot");

  private static final Set<String> PIPES = Set.of("stdin", "stdout", "stderr");

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
  private final List<Runnable> released = new ArrayList<>();

  /** Wraps a host, which {@link #close} closes. */
  public FaultyHost(Host host) {
    this.host = host;
    faulty =
        new Host(
            host.name(),
            host.description(),
            host.build(),
            host.isolated(),
            ofHost(HostCompute.class, host.compute()),
            ofHost(HostProcesses.class, host.processes()),
            ofHost(HostVolumes.class, host.volumes()),
            ofHost(HostNetworks.class, host.networks()),
            ofHost(HostEndpoints.class, host.endpoints()),
            ofHost(HostInterfaces.class, host.interfaces()),
            ofHost(ScratchLayers.class, host.scratchLayers()),
            ofHost(LayerImport.class, host.layerImport()),
            ofHost(LayerFiles.class, host.layerFiles()),
            ofHost(HostQuota.class, host.quota()),
            this::close);
  }

  /**
   * Lets calls of another interface count and go wrong too. Those that may throw an {@link
   * IOException} fail with one. Faults that hang do not hit them: they are not calls of the host.
   */
  public <T> T wrap(Class<T> port, T target) {
    return wrap(port, target, false);
  }

  /** The misbehaving host. */
  public Host host() {
    return faulty;
  }

  /** From the next call on this fault is in force, alone; counting begins anew. */
  public void inject(Fault next) {
    goOn();
    synchronized (this) {
      fault = next;
      counted = 0;
      calls.clear();
      release = new CountDownLatch(1);
    }
  }

  /** No fault any more; calls that hang go on; counting begins anew. */
  public void heal() {
    synchronized (this) {
      fault = null;
      counted = 0;
      calls.clear();
    }
    goOn();
  }

  /** Calls that hang go on; the fault stays, but hits none that come later. */
  public void release() {
    goOn();
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

  private <T> T ofHost(Class<T> port, T target) {
    return wrap(port, target, true);
  }

  private <T> T wrap(Class<T> port, T target, boolean mayHang) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(), new Class<?>[] {port}, new Wrapper(port, target, mayHang)));
  }

  /** Notes a call; the fault if it hits this call. */
  @Nullable Fault enter(String name) {
    return enter(name, true);
  }

  private synchronized @Nullable Fault enter(String name, boolean mayHang) {
    calls.add(name);
    Fault now = fault;
    if (now == null || !now.counts(name) || !now.hits(++counted)) {
      return null;
    }
    if (now.kind() == Kind.HANG && !mayHang) {
      return null;
    }
    injected.incrementAndGet();
    return now;
  }

  /** Something that nobody blocks for is done when calls that hang go on. */
  synchronized void whenReleased(Runnable action) {
    if (release.getCount() == 0) {
      action.run();
    } else {
      released.add(action);
    }
  }

  private void goOn() {
    List<Runnable> waiting;
    synchronized (this) {
      release.countDown();
      waiting = List.copyOf(released);
      released.clear();
    }
    waiting.forEach(Runnable::run);
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
    private final boolean mayHang;
    private final Map<String, Object> pipes = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    Wrapper(Class<?> port, Object target, boolean mayHang) {
      this.port = port;
      this.target = target;
      this.mayHang = mayHang;
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
      if (method.getName().equals("exited")) {
        return exited((CompletableFuture<?>) there(call(method, arguments)), enter(name), name);
      }
      if (PIPES.contains(method.getName())) {
        return pipe(method.getName(), there(call(method, arguments)));
      }
      if (NO_CALLS.contains(method.getName())) {
        return call(method, arguments);
      }
      Fault hit = enter(name, mayHang);
      Kind kind = hit == null ? Kind.DELAY : hit.kind();
      if (hit != null && kind == Kind.FAIL) {
        throw failure(method, hit, name);
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
        throw failure(method, hit, name);
      }
      return wrapped(result);
    }

    private Exception failure(Method method, Fault hit, String name) {
      boolean ofFiles = List.of(method.getExceptionTypes()).contains(IOException.class);
      return ofFiles ? new IOException(name + ": no space left on device") : hit.failure(name);
    }

    /** A notification that comes late, not before the release, without a status, or too early. */
    private <T> CompletableFuture<T> exited(
        CompletableFuture<T> real, @Nullable Fault hit, String name) {
      if (hit == null) {
        return real;
      }
      CompletableFuture<T> told = new CompletableFuture<>();
      switch (hit.kind()) {
        case FAIL -> told.completeExceptionally(hit.failure(name));
        case HALF -> real.whenComplete((v, f) -> told.completeExceptionally(hit.failure(name)));
        case DELAY ->
            real.whenCompleteAsync(
                (v, f) -> tell(told, v, f),
                CompletableFuture.delayedExecutor(hit.delay().toNanos(), TimeUnit.NANOSECONDS));
        case HANG -> real.whenComplete((v, f) -> whenReleased(() -> tell(told, v, f)));
      }
      return told;
    }

    private <T> void tell(CompletableFuture<T> told, T value, @Nullable Throwable failure) {
      if (failure == null) {
        told.complete(value);
      } else {
        told.completeExceptionally(failure);
      }
    }

    private Object pipe(String name, Object found) {
      Optional<?> channel = (Optional<?>) found;
      return channel.map(
          c ->
              pipes.computeIfAbsent(
                  name, n -> new FaultyPipe(FaultyHost.this, n, (AsynchronousByteChannel) c)));
    }

    private static Object there(@Nullable Object value) {
      return java.util.Objects.requireNonNull(value);
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
              handle.getClassLoader(), new Class<?>[] {handle}, new Wrapper(handle, result, true));
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
