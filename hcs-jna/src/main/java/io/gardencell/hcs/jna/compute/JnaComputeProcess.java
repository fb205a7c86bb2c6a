package io.gardencell.hcs.jna.compute;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ConsoleSignal;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.ProcessProperties;
import io.gardencell.hcs.jna.win32.Wide;
import java.io.IOException;
import java.nio.channels.AsynchronousByteChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Owner of an HCS_PROCESS handle and its callback registration (hcsshim: internal/hcs/process.go).
 * The pipes belong to their channels. Any thread.
 */
final class JnaComputeProcess implements ComputeProcess {

  private static final String CLOSE_STDIN =
      "{\"Operation\":\"CloseHandle\",\"CloseHandle\":{\"Handle\":\"StdIn\"}}";

  private final ComputeCalls calls;
  private final String target;
  private final long pid;
  private final NotifiedHandle handle;
  private final CompletableFuture<Long> exited;
  private @Nullable AsynchronousByteChannel stdin;
  private @Nullable AsynchronousByteChannel stdout;
  private @Nullable AsynchronousByteChannel stderr;

  private JnaComputeProcess(ComputeCalls calls, String target, long pid, NotifiedHandle handle) {
    this.calls = calls;
    this.target = target;
    this.pid = pid;
    this.handle = handle;
    this.exited =
        handle.notice(Notifications.PROCESS_EXITED).thenApply(n -> properties().exitStatus());
  }

  /** Takes over the process handle and the pipes; on failure all are closed. */
  static JnaComputeProcess adopt(
      ComputeCalls calls, String systemId, Pointer handle, ProcessInformation info) {
    long pid = Integer.toUnsignedLong(info.processId);
    String target = systemId + " " + pid;
    NotifiedHandle notified;
    try {
      notified = NotifiedHandle.register(calls, NotifiedHandle.Kind.PROCESS, target, handle);
    } catch (HcsException failure) {
      calls.compute().HcsCloseProcess(handle);
      calls.pipes().discard(info.stdInput, info.stdOutput, info.stdError);
      throw failure;
    }
    var process = new JnaComputeProcess(calls, target, pid, notified);
    process.take(info);
    return process;
  }

  /** On failure the pipes and the handle are closed. */
  private void take(ProcessInformation info) {
    @Nullable Pointer[] left = {info.stdInput, info.stdOutput, info.stdError};
    try {
      // a channel that cannot be made closes its pipe
      left[0] = null;
      stdin = calls.pipes().writer(info.stdInput, this::inputEnded);
      left[1] = null;
      stdout = calls.pipes().reader(info.stdOutput);
      left[2] = null;
      stderr = calls.pipes().reader(info.stdError);
    } catch (HcsException failure) {
      calls.pipes().discard(left);
      for (AsynchronousByteChannel made : new AsynchronousByteChannel[] {stdin, stdout}) {
        closeQuietly(made, failure);
      }
      close();
      throw failure;
    }
  }

  private static void closeQuietly(@Nullable AsynchronousByteChannel channel, HcsException reason) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException alsoFailed) {
      reason.addSuppressed(alsoFailed);
    }
  }

  @Override
  public long pid() {
    return pid;
  }

  @Override
  public Optional<AsynchronousByteChannel> stdin() {
    return Optional.ofNullable(stdin);
  }

  @Override
  public Optional<AsynchronousByteChannel> stdout() {
    return Optional.ofNullable(stdout);
  }

  @Override
  public Optional<AsynchronousByteChannel> stderr() {
    return Optional.ofNullable(stderr);
  }

  /** The pipe is closed; HCS still holds its own end until told (errors change nothing). */
  private void inputEnded() {
    calls.executor().execute(() -> handle.ifOpen(this::closeInput));
  }

  private void closeInput(Pointer process) {
    var result = new PointerByReference();
    calls.compute().HcsModifyProcess(process, Wide.of(CLOSE_STDIN), result);
    calls.take(result);
  }

  @Override
  public void terminate() {
    try {
      calls.invokePending(
          "HcsTerminateProcess",
          target,
          result -> calls.compute().HcsTerminateProcess(handle.open(), result));
    } catch (HcsException failure) {
      // a process that is dying already answers "access denied" (hcs-abi 6.2)
      if (!failure.isAlreadyStopped() && failure.code() != HcsErrors.ACCESS_DENIED) {
        throw failure;
      }
    }
  }

  @Override
  public boolean signal(ConsoleSignal signal) {
    try {
      calls.invokePending(
          "HcsSignalProcess",
          target,
          result ->
              calls
                  .compute()
                  .HcsSignalProcess(
                      handle.open(),
                      Wide.of("{\"Signal\":\"" + signal.documentName() + "\"}"),
                      result));
      return true;
    } catch (HcsException failure) {
      if (failure.isNotSupported() || failure.code() == HcsErrors.PROC_NOT_FOUND) {
        return false;
      }
      if (failure.isAlreadyStopped()) {
        return true;
      }
      throw failure;
    }
  }

  @Override
  public ProcessProperties properties() {
    var properties = new PointerByReference();
    calls.invoke(
        "HcsGetProcessProperties",
        target,
        result -> calls.compute().HcsGetProcessProperties(handle.open(), properties, result),
        properties);
    String json = calls.take(properties);
    if (json.isEmpty()) {
      throw JnaCompute.unexpected("HcsGetProcessProperties", target);
    }
    return calls.read(
        "HcsGetProcessProperties", target, () -> HcsJson.read(json, ProcessProperties.class));
  }

  @Override
  public CompletableFuture<Long> exited() {
    return exited;
  }

  @Override
  public void close() {
    handle.closeBehindNotices();
  }
}
