package io.gardencell.hcs.jna.compute;

import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.jna.win32.Wide;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where HCS's notifications arrive (hcsshim: internal/hcs/callback.go, with its slots and blocking
 * sends replaced). One callback object serves all registrations and is never collected; the context
 * is a key of ours, never an address. The callback copies the data and hands over, nothing else.
 */
final class Notifications {

  static final int SYSTEM_EXITED = 0x1;
  static final int SYSTEM_CREATE_COMPLETED = 0x2;
  static final int SYSTEM_START_COMPLETED = 0x3;
  static final int PROCESS_EXITED = 0x00010000;
  static final int SERVICE_DISCONNECT = 0x01000000;

  private static final Logger log = LoggerFactory.getLogger(Notifications.class);

  /**
   * Every callback there ever was, a handful: HCS may call one as long as it is registered, and
   * whoever forgets to close a handle must not crash the process.
   */
  private static final Set<VmCompute.NotificationCallback> NEVER_COLLECTED =
      ConcurrentHashMap.newKeySet();

  private final ConcurrentMap<Long, NotificationStates> states = new ConcurrentHashMap<>();
  private final AtomicLong keys = new AtomicLong();
  private final Executor executor;
  private final VmCompute.NotificationCallback callback = this::arrived;

  /**
   * Makes the one place.
   *
   * @param executor runs what waits for notifications; must keep their order
   */
  Notifications(Executor executor) {
    this.executor = executor;
    NEVER_COLLECTED.add(callback);
    Native.setCallbackThreadInitializer(
        callback, new CallbackThreadInitializer(true, false, "hcs-callback"));
  }

  VmCompute.NotificationCallback callback() {
    return callback;
  }

  /** A fresh key whose notifications go to the states; enter it before registering. */
  long enter(NotificationStates target) {
    long key = keys.incrementAndGet();
    states.put(key, target);
    return key;
  }

  /** Forgets a key; call it after unregistering. */
  void leave(long key) {
    states.remove(key);
  }

  int size() {
    return states.size();
  }

  /** The outermost frame of a thread of the DLL's: nothing may be thrown out of it. */
  @SuppressWarnings("checkstyle:IllegalCatch")
  private void arrived(int type, Pointer context, int status, @Nullable Pointer data) {
    try {
      NotificationStates target = states.get(Pointer.nativeValue(context));
      if (target == null) {
        return;
      }
      String text = data == null ? "" : Wide.of(data);
      executor.execute(() -> deliver(target, type, status, text));
    } catch (RejectedExecutionException stopping) {
      log.atDebug()
          .addKeyValue("type", Integer.toHexString(type))
          .log("notification after the end");
    } catch (RuntimeException | Error failed) {
      log.atError()
          .addKeyValue("type", Integer.toHexString(type))
          .setCause(failed)
          .log("a notification could not be handed over");
    }
  }

  private static void deliver(NotificationStates target, int type, int status, String data) {
    if (type == SERVICE_DISCONNECT) {
      target.fail(
          new HcsException(
              "HcsNotification",
              target.name(),
              HcsErrors.SERVICE_DISCONNECT,
              "lost communication with compute service",
              List.of()));
    } else {
      target.complete(type, status, data);
    }
  }
}
