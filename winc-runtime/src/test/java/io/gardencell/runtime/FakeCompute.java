package io.gardencell.runtime;

import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.ConsoleSignal;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostCompute;
import io.gardencell.hcs.HostProcess;
import io.gardencell.hcs.SystemExit;
import io.gardencell.hcs.document.ModifyRequest;
import io.gardencell.hcs.document.ProcessDetails;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.ProcessProperties;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.Statistics;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.document.SystemQuery;
import java.nio.channels.AsynchronousByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Compute systems of a {@link FakeHost}. */
final class FakeCompute implements HostCompute {

  private final FakeHost host;

  FakeCompute(FakeHost host) {
    this.host = host;
  }

  @Override
  public List<SystemProperties> enumerate(SystemQuery query) {
    host.call("HcsEnumerateComputeSystems", "");
    return host.systems.values().stream()
        .filter(s -> query.ids().isEmpty() || query.ids().contains(s.id))
        .filter(s -> query.owners().isEmpty() || query.owners().contains(s.document.owner()))
        .map(s -> s.properties(null, List.of()))
        .toList();
  }

  @Override
  public ComputeSystem create(String id, SystemDocument document, Duration timeout) {
    host.call("HcsCreateComputeSystem", id);
    FakeHost.System system = host.new System(id, document);
    String shared = document.networkSharedContainerName();
    if (host.runsPrograms && !shared.isEmpty() && !host.systems.containsKey(shared)) {
      throw new HcsException("HcsCreateComputeSystem", id, HcsErrors.SYSTEM_NOT_FOUND);
    }
    host.systems.put(id, system);
    return new Handle(system);
  }

  @Override
  public ComputeSystem open(String id) {
    host.call("HcsOpenComputeSystem", id);
    FakeHost.System system = host.systems.get(id);
    if (system == null) {
      throw new HcsException("HcsOpenComputeSystem", id, HcsErrors.SYSTEM_NOT_FOUND);
    }
    return new Handle(system);
  }

  private final class Handle implements ComputeSystem {
    private final FakeHost.System system;
    private boolean closed;

    Handle(FakeHost.System system) {
      this.system = system;
      host.openHandles.incrementAndGet();
    }

    @Override
    public String id() {
      return system.id;
    }

    @Override
    public void start(Duration timeout) {
      if (host.stopsWhenStarted) {
        system.pinned = true;
        system.state = "Stopped";
      }
      host.call("HcsStartComputeSystem", system.id);
      system.state = "Running";
    }

    @Override
    public boolean shutdown() {
      host.call("HcsShutdownComputeSystem", system.id);
      if (host.claimsToHaveStopped) {
        return false;
      }
      if (host.runsPrograms && system.state.equals("Created")) {
        throw new HcsException("HcsShutdownComputeSystem", system.id, HcsErrors.INVALID_STATE);
      }
      if (!host.shutdownHangs) {
        system.end(host.endsWith);
      }
      return true;
    }

    @Override
    public boolean terminate() {
      host.call("HcsTerminateComputeSystem", system.id);
      if (!host.terminateHangs) {
        system.end(host.endsWith);
      }
      return true;
    }

    @Override
    public SystemProperties properties(PropertyType... types) {
      host.call("HcsGetComputeSystemProperties", PropertyType.query(types));
      if (host.runsPrograms && system.state.equals("Stopped")) {
        throw new HcsException("HcsGetComputeSystemProperties", system.id, HcsErrors.INVALID_STATE);
      }
      if (!host.systems.containsKey(system.id)) {
        throw new HcsException(
            "HcsGetComputeSystemProperties", system.id, HcsErrors.SYSTEM_NOT_FOUND);
      }
      awaitAnswer();
      Statistics statistics =
          new Statistics(
              "",
              "",
              0,
              new Statistics.Memory(52428800, host.commitPeak, 0),
              new Statistics.Processor(123, 22, 101),
              new Statistics.Storage(0, 0, 0, 0),
              List.of());
      List<ProcessDetails> list = new ArrayList<>();
      system.processes.forEach(
          (pid, p) ->
              list.add(
                  new ProcessDetails(pid, "x.exe", "2026-01-02T03:04:05.678Z", 0, 0, 0, 0, 0)));
      return system.properties(statistics, list);
    }

    private void awaitAnswer() {
      try {
        host.statisticsAnswer.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void modify(ModifyRequest request) {
      throw new AssertionError("not expected");
    }

    @Override
    public ComputeProcess createProcess(ProcessDocument document) {
      host.call("HcsCreateProcess", document.commandLine());
      FakeProgram program = host.runsPrograms ? FakeProgram.of(system.id, document) : null;
      FakeHost.Process process = host.new Process(host.nextPid(), document, program);
      system.processes.put(process.pid, process);
      if (!host.processesVanish) {
        host.processes.put(
            process.pid, new HostProcess(process.pid, 133_000_000_000_000_000L, true));
      }
      if (program != null) {
        program.start(process::end);
      }
      return new ProcessHandle(process);
    }

    @Override
    public ComputeProcess openProcess(long pid) {
      FakeHost.Process process = system.processes.get(pid);
      if (process == null || process.exited.isDone()) {
        throw new HcsException("HcsOpenProcess", system.id, HcsErrors.NOT_FOUND);
      }
      return new ProcessHandle(process);
    }

    @Override
    public CompletableFuture<SystemExit> exited() {
      return system.exited;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        host.openHandles.decrementAndGet();
      }
    }
  }

  private final class ProcessHandle implements ComputeProcess {
    private final FakeHost.Process process;
    private boolean closed;

    ProcessHandle(FakeHost.Process process) {
      this.process = process;
      host.openHandles.incrementAndGet();
    }

    @Override
    public long pid() {
      return process.pid;
    }

    @Override
    public Optional<AsynchronousByteChannel> stdin() {
      FakeProgram program = process.program;
      return program == null || !process.document.createStdInPipe()
          ? Optional.empty()
          : Optional.of(program.stdin);
    }

    @Override
    public Optional<AsynchronousByteChannel> stdout() {
      FakeProgram program = process.program;
      return program == null || !process.document.createStdInPipe()
          ? Optional.empty()
          : Optional.of(program.stdout);
    }

    @Override
    public Optional<AsynchronousByteChannel> stderr() {
      FakeProgram program = process.program;
      return program == null || !process.document.createStdInPipe()
          ? Optional.empty()
          : Optional.of(program.stderr);
    }

    @Override
    public void terminate() {
      host.call("HcsTerminateProcess", Long.toString(process.pid));
      process.kill();
    }

    @Override
    public boolean signal(ConsoleSignal signal) {
      host.call("HcsSignalProcess", signal.documentName());
      return !host.knowsNoSignals;
    }

    @Override
    public ProcessProperties properties() {
      return new ProcessProperties(process.pid, false, 0, 0);
    }

    @Override
    public CompletableFuture<Long> exited() {
      return process.exited;
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        host.openHandles.decrementAndGet();
      }
    }
  }
}
