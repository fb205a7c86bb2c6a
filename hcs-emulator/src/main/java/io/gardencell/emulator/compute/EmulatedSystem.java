package io.gardencell.emulator.compute;

import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.SystemExit;
import io.gardencell.hcs.document.ModifyRequest;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.SystemProperties;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A handle to a system; all work is its host's. Any thread. */
final class EmulatedSystem implements ComputeSystem {

  private final EmulatedCompute compute;
  private final SystemRecord opened;
  private final CompletableFuture<SystemExit> exited = new CompletableFuture<>();
  private volatile boolean closed;

  EmulatedSystem(EmulatedCompute compute, SystemRecord opened) {
    this.compute = compute;
    this.opened = opened;
  }

  SystemRecord opened() {
    return opened;
  }

  @Override
  public String id() {
    return opened.id();
  }

  @Override
  public void start(Duration timeout) {
    compute.start(check("HcsStartComputeSystem"));
  }

  @Override
  public boolean shutdown() {
    return compute.end().shutdown(check("HcsShutdownComputeSystem"));
  }

  @Override
  public boolean terminate() {
    return compute.end().end(check("HcsTerminateComputeSystem"), new SystemExit(0, ""));
  }

  @Override
  public SystemProperties properties(PropertyType... types) {
    return compute.properties(check("HcsGetComputeSystemProperties"), types);
  }

  @Override
  public void modify(ModifyRequest request) {
    compute.modify(check("HcsModifyComputeSystem"), request);
  }

  @Override
  public ComputeProcess createProcess(ProcessDocument document) {
    return compute.processes().create(check("HcsCreateProcess"), document);
  }

  @Override
  public ComputeProcess openProcess(long pid) {
    return compute.processes().open(check("HcsOpenProcess"), pid);
  }

  @Override
  public CompletableFuture<SystemExit> exited() {
    return exited;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      compute.forget(this);
      exited.completeExceptionally(
          new HcsException("HcsCloseComputeSystem", id(), HcsErrors.INVALID_HANDLE));
    }
  }

  private SystemRecord check(String function) {
    if (closed) {
      throw new HcsException(function, id(), HcsErrors.INVALID_HANDLE);
    }
    return opened;
  }
}
