package io.gardencell.hcs.jna.compute;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Owner of one of HCS's handles and of the registration by which its notifications arrive (hcsshim:
 * internal/hcs/system.go, process.go: registerCallback, Close). Any thread.
 */
final class NotifiedHandle implements AutoCloseable {

  /** A kind of handle, with the DLL's functions for it. */
  enum Kind {
    SYSTEM("HcsRegisterComputeSystemCallback", "HcsCloseComputeSystem") {
      @Override
      int register(ComputeCalls calls, Pointer handle, Pointer key, PointerByReference made) {
        return calls
            .compute()
            .HcsRegisterComputeSystemCallback(handle, calls.notifications().callback(), key, made);
      }

      @Override
      void unregister(VmCompute dll, Pointer registration) {
        dll.HcsUnregisterComputeSystemCallback(registration);
      }

      @Override
      void close(VmCompute dll, Pointer handle) {
        dll.HcsCloseComputeSystem(handle);
      }
    },

    PROCESS("HcsRegisterProcessCallback", "HcsCloseProcess") {
      @Override
      int register(ComputeCalls calls, Pointer handle, Pointer key, PointerByReference made) {
        return calls
            .compute()
            .HcsRegisterProcessCallback(handle, calls.notifications().callback(), key, made);
      }

      @Override
      void unregister(VmCompute dll, Pointer registration) {
        dll.HcsUnregisterProcessCallback(registration);
      }

      @Override
      void close(VmCompute dll, Pointer handle) {
        dll.HcsCloseProcess(handle);
      }
    };

    private final String registering;
    private final String closing;

    Kind(String registering, String closing) {
      this.registering = registering;
      this.closing = closing;
    }

    abstract int register(ComputeCalls calls, Pointer handle, Pointer key, PointerByReference made);

    abstract void unregister(VmCompute dll, Pointer registration);

    abstract void close(VmCompute dll, Pointer handle);
  }

  private final ComputeCalls calls;
  private final Kind kind;
  private final String target;
  private final Pointer handle;
  private final NotificationStates states;
  private final long key;
  private final Pointer registration;
  private final AtomicBoolean closed = new AtomicBoolean();

  private NotifiedHandle(
      ComputeCalls calls,
      Kind kind,
      String target,
      Pointer handle,
      NotificationStates states,
      long key,
      Pointer registration) {
    this.calls = calls;
    this.kind = kind;
    this.target = target;
    this.handle = handle;
    this.states = states;
    this.key = key;
    this.registration = registration;
  }

  /** Takes over a handle; on failure it stays the caller's. */
  static NotifiedHandle register(ComputeCalls calls, Kind kind, String target, Pointer handle) {
    var states = new NotificationStates(target);
    long key = calls.notifications().enter(states);
    var registration = new PointerByReference();
    int code = kind.register(calls, handle, Pointer.createConstant(key), registration);
    if (code < 0) {
      calls.notifications().leave(key);
      throw calls.failures().failure(code, kind.registering, target, "");
    }
    return new NotifiedHandle(calls, kind, target, handle, states, key, registration.getValue());
  }

  /** The handle; fails when it is closed. */
  Pointer open() {
    if (closed.get()) {
      throw closedFailure();
    }
    return handle;
  }

  /** On the executor of notifications, behind which it is closed: uses it unless it is closed. */
  void ifOpen(Consumer<Pointer> use) {
    if (!closed.get()) {
      use.accept(handle);
    }
  }

  /**
   * The notification of a type, which may have come already; it fails when the handle is closed.
   */
  CompletableFuture<NotificationStates.Notice> notice(int type) {
    return states.of(type);
  }

  private HcsException closedFailure() {
    return new HcsException(
        kind.closing,
        target,
        HcsErrors.INVALID_HANDLE,
        "hcsshim: the handle has already been closed",
        List.of());
  }

  /** Closes the handle at once, for whoever makes a system of the same name next. */
  @Override
  public void close() {
    close(Runnable::run);
  }

  /** Closes the handle behind whatever still uses it on the executor of notifications. */
  void closeBehindNotices() {
    close(calls.executor());
  }

  private void close(Executor where) {
    if (closed.compareAndSet(false, true)) {
      kind.unregister(calls.compute(), registration);
      calls.notifications().leave(key);
      where.execute(() -> kind.close(calls.compute(), handle));
      HcsException cause = closedFailure();
      calls.executor().execute(() -> states.fail(cause));
    }
  }
}
