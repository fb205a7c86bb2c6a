package io.gardencell.hcs.jna.compute;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.SystemExit;
import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.ModifyRequest;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.ResultDocument;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.jna.win32.Wide;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToIntFunction;

/** Owner of an HCS_SYSTEM handle and its callback registration; any thread. */
final class JnaComputeSystem implements ComputeSystem {

  /** What a sample of metrics asks for. */
  private static final Set<PropertyType> FIGURES =
      Set.of(PropertyType.STATISTICS, PropertyType.PROCESS_LIST);

  private final ComputeCalls calls;
  private final SiloJob jobs;
  private final String id;
  private final NotifiedHandle handle;

  private JnaComputeSystem(ComputeCalls calls, SiloJob jobs, String id, NotifiedHandle handle) {
    this.calls = calls;
    this.jobs = jobs;
    this.id = id;
    this.handle = handle;
  }

  /** Takes over a handle; on failure it stays the caller's. */
  static JnaComputeSystem register(ComputeCalls calls, SiloJob jobs, String id, Pointer handle) {
    return new JnaComputeSystem(
        calls, jobs, id, NotifiedHandle.register(calls, NotifiedHandle.Kind.SYSTEM, id, handle));
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public void start(Duration timeout) {
    boolean pending =
        calls.invokePending(
            "HcsStartComputeSystem",
            id,
            result -> calls.compute().HcsStartComputeSystem(handle.open(), Wide.of(""), result));
    if (pending) {
      await(Notifications.SYSTEM_START_COMPLETED, "HcsStartComputeSystem", timeout);
    }
  }

  /** Waits for a completion; the system's own exit ends the wait at once. */
  void await(int completion, String function, Duration timeout) {
    CompletableFuture<NotificationStates.Notice> done = handle.notice(completion);
    CompletableFuture<NotificationStates.Notice> exited =
        handle.notice(Notifications.SYSTEM_EXITED);
    try {
      CompletableFuture.anyOf(done, exited).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      throw new HcsException(
          function, id, HcsErrors.TIMEOUT, "hcsshim: timeout waiting for notification", List.of());
    } catch (ExecutionException broken) {
      throw broken.getCause() instanceof HcsException cause
          ? cause
          : new IllegalStateException(broken.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new HcsException(
          function, id, HcsErrors.OPERATION_ABORTED, "interrupted while waiting", List.of());
    }
    if (!done.isDone()) {
      NotificationStates.Notice exit = exited.join();
      throw new HcsException(
          function,
          id,
          HcsErrors.UNEXPECTED_EXIT,
          "unexpected container exit",
          ResultDocument.events(exit.data()));
    }
    NotificationStates.Notice notice = done.join();
    calls.failures().check(notice.status(), function, id, notice.data());
  }

  @Override
  public boolean shutdown() {
    return end(
        "HcsShutdownComputeSystem",
        result -> calls.compute().HcsShutdownComputeSystem(handle.open(), Wide.of(""), result));
  }

  @Override
  public boolean terminate() {
    return end(
        "HcsTerminateComputeSystem",
        result -> calls.compute().HcsTerminateComputeSystem(handle.open(), Wide.of(""), result));
  }

  /** Pending or done at once, an end was begun: its notification comes in either case. */
  private boolean end(String function, ToIntFunction<PointerByReference> call) {
    try {
      calls.invokePending(function, id, call);
      return true;
    } catch (HcsException failure) {
      if (failure.isAlreadyStopped() || failure.isNotFound()) {
        return false;
      }
      throw failure;
    }
  }

  @Override
  public SystemProperties properties(PropertyType... types) {
    return Set.of(types).equals(FIGURES)
        ? jobs.figures(id).orElseGet(() -> queried(types))
        : queried(types);
  }

  private SystemProperties queried(PropertyType... types) {
    var properties = new PointerByReference();
    calls.invoke(
        "HcsGetComputeSystemProperties",
        id,
        result ->
            calls
                .compute()
                .HcsGetComputeSystemProperties(
                    handle.open(), Wide.of(PropertyType.query(types)), properties, result),
        properties);
    String json = calls.take(properties);
    if (json.isEmpty()) {
      throw JnaCompute.unexpected("HcsGetComputeSystemProperties", id);
    }
    return calls.read(
        "HcsGetComputeSystemProperties", id, () -> HcsJson.read(json, SystemProperties.class));
  }

  @Override
  public void modify(ModifyRequest request) {
    calls.invoke(
        "HcsModifyComputeSystem",
        id,
        result ->
            calls
                .compute()
                .HcsModifyComputeSystem(handle.open(), Wide.of(HcsJson.write(request)), result));
  }

  @Override
  public ComputeProcess createProcess(ProcessDocument document) {
    var info = new ProcessInformation();
    var process = new PointerByReference();
    calls.invoke(
        "HcsCreateProcess",
        id,
        result ->
            calls
                .compute()
                .HcsCreateProcess(
                    handle.open(), Wide.of(HcsJson.write(document)), info, process, result));
    var pipes = new StdioPipes(calls, id, document);
    try {
      pipes.complete(info, process.getValue());
    } catch (HcsException failure) {
      calls.invokeQuietly(
          "HcsTerminateProcess",
          id,
          result -> calls.compute().HcsTerminateProcess(process.getValue(), result),
          failure);
      calls.compute().HcsCloseProcess(process.getValue());
      throw failure;
    }
    return JnaComputeProcess.adopt(calls, id, process.getValue(), info);
  }

  @Override
  public ComputeProcess openProcess(long pid) {
    var process = new PointerByReference();
    calls.invoke(
        "HcsOpenProcess",
        id + " " + pid,
        result ->
            calls.compute().HcsOpenProcess(handle.open(), Math.toIntExact(pid), process, result));
    var info = new ProcessInformation();
    info.processId = Math.toIntExact(pid);
    return JnaComputeProcess.adopt(calls, id, process.getValue(), info);
  }

  @Override
  public CompletableFuture<SystemExit> exited() {
    return handle
        .notice(Notifications.SYSTEM_EXITED)
        .thenApply(
            notice ->
                new SystemExit(
                    notice.status() < 0 ? HcsErrors.codeOf(notice.status()) : 0,
                    String.join("\n", ResultDocument.events(notice.data()))))
        .exceptionally(
            failure -> {
              throw failure instanceof CompletionException wrapped
                  ? wrapped
                  : new CompletionException(failure);
            });
  }

  @Override
  public void close() {
    handle.close();
  }
}
