package io.gardencell.network;

import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.ConsoleSignal;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostCompute;
import io.gardencell.hcs.SystemExit;
import io.gardencell.hcs.document.ModifyRequest;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.ProcessProperties;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.document.SystemQuery;
import java.nio.channels.AsynchronousByteChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;

/** The compute systems of {@link FakeHns}: they can be attached to, and run {@code netsh}. */
final class FakeSystems implements HostCompute {

  final Set<String> running = new ConcurrentSkipListSet<>();
  final List<String> commands = new CopyOnWriteArrayList<>();

  /** How netsh ends; empty = never. */
  volatile Optional<Long> netshExit = Optional.of(0L);

  volatile boolean netshMissing;
  volatile int terminated;
  private final FakeHns hns;

  FakeSystems(FakeHns hns) {
    this.hns = hns;
  }

  @Override
  public List<SystemProperties> enumerate(SystemQuery query) {
    throw new UnsupportedOperationException("the network does not list systems");
  }

  @Override
  public ComputeSystem create(String id, SystemDocument document, Duration timeout) {
    throw new UnsupportedOperationException("the network creates no systems");
  }

  @Override
  public ComputeSystem open(String id) {
    hns.calls.called("HcsOpenComputeSystem");
    if (!running.contains(id)) {
      throw new HcsException("HcsOpenComputeSystem", id, HcsErrors.SYSTEM_NOT_FOUND);
    }
    return new FakeSystem(id);
  }

  private final class FakeSystem implements ComputeSystem {
    private final String id;

    FakeSystem(String id) {
      this.id = id;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public void start(Duration timeout) {
      throw new UnsupportedOperationException("start");
    }

    @Override
    public boolean shutdown() {
      throw new UnsupportedOperationException("shutdown");
    }

    @Override
    public boolean terminate() {
      throw new UnsupportedOperationException("terminate");
    }

    @Override
    public SystemProperties properties(PropertyType... types) {
      throw new UnsupportedOperationException("properties");
    }

    @Override
    public void modify(ModifyRequest request) {
      hns.calls.called("HcsModifyComputeSystem " + request.requestType());
      hns.modify(id, String.valueOf(request.settings()), request.requestType().equals("Add"));
    }

    @Override
    public ComputeProcess createProcess(ProcessDocument document) {
      hns.calls.called("HcsCreateProcess");
      if (netshMissing) {
        throw new HcsException("HcsCreateProcess", id, HcsErrors.FILE_NOT_FOUND);
      }
      commands.add(document.commandLine());
      return new FakeProcess();
    }

    @Override
    public ComputeProcess openProcess(long pid) {
      throw new UnsupportedOperationException("openProcess");
    }

    @Override
    public CompletableFuture<SystemExit> exited() {
      throw new UnsupportedOperationException("exited");
    }

    @Override
    public void close() {}
  }

  private final class FakeProcess implements ComputeProcess {
    @Override
    public long pid() {
      return 4711;
    }

    @Override
    public Optional<AsynchronousByteChannel> stdin() {
      return Optional.empty();
    }

    @Override
    public Optional<AsynchronousByteChannel> stdout() {
      return Optional.empty();
    }

    @Override
    public Optional<AsynchronousByteChannel> stderr() {
      return Optional.empty();
    }

    @Override
    public void terminate() {
      terminated++;
    }

    @Override
    public boolean signal(ConsoleSignal signal) {
      return false;
    }

    @Override
    public ProcessProperties properties() {
      throw new UnsupportedOperationException("properties");
    }

    @Override
    public CompletableFuture<Long> exited() {
      return netshExit.map(CompletableFuture::completedFuture).orElseGet(CompletableFuture::new);
    }

    @Override
    public void close() {}
  }
}
