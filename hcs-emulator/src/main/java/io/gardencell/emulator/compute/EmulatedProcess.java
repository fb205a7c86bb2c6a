package io.gardencell.emulator.compute;

import io.gardencell.emulator.posix.PipeChannel;
import io.gardencell.emulator.posix.PipeLoop;
import io.gardencell.emulator.posix.Posix;
import io.gardencell.emulator.state.Failures;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ConsoleSignal;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.ProcessProperties;
import java.io.IOException;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A handle to a process; its pipes are opened when they are first asked for. Any thread. */
final class EmulatedProcess implements ComputeProcess {

  /** Exit code after HcsTerminateProcess: ERROR_PROCESS_ABORTED. */
  static final long TERMINATED = 1067;

  /** Exit code after a console signal: STATUS_CONTROL_C_EXIT. */
  static final long CONTROL_EXIT = 0xC000013AL;

  private final Path home;
  private final ProcessRecord process;
  private final PipeLoop loop;
  private final ProcessTable table;
  private final ProcessHandles handles;
  private final CompletableFuture<Long> exited = new CompletableFuture<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicInteger unread;
  private final LifeLine life;
  private @Nullable AsynchronousByteChannel stdin;
  private @Nullable PipeChannel stdout;
  private @Nullable PipeChannel stderr;

  EmulatedProcess(
      Path home, ProcessRecord process, PipeLoop loop, ProcessTable table, ProcessHandles handles) {
    this.handles = handles;
    this.home = home;
    this.process = process;
    this.loop = loop;
    this.table = table;
    this.unread = new AtomicInteger((process.stdout() ? 1 : 0) + (process.stderr() ? 1 : 0));
    try {
      this.life = LifeLine.of(loop, home);
    } catch (IOException e) {
      throw Failures.of("HcsOpenProcess", String.valueOf(process.pid()), e);
    }
    var unused = life.ended().whenComplete((end, failure) -> ended(failure));
  }

  /** On the loop's thread: the supervisor has let go of the life line. */
  private void ended(@Nullable Throwable failure) {
    if (failure instanceof IOException unreadable) {
      exited.completeExceptionally(Failures.of("HcsWaitForProcess", home.toString(), unreadable));
    } else {
      exited.complete(exitCode(home));
      releaseWhenRead();
    }
  }

  Path home() {
    return home;
  }

  /** The process has ended, and its directory may go. */
  void settle() {
    if (!closed.get()) {
      exited.complete(exitCode(home));
    }
  }

  /** Whether the end was seen and all output read, so that nothing more can be asked. */
  boolean isSpent() {
    return exited.isDone() && !exited.isCompletedExceptionally() && unread.get() == 0;
  }

  /** Exit code of a process whose supervisor has spoken or died. */
  static long exitCode(Path home) {
    long code;
    try {
      code = Long.parseLong(Files.readString(home.resolve("exit")).strip());
    } catch (IOException | NumberFormatException lost) {
      return TERMINATED;
    }
    if (code == 128 + Posix.SIGKILL && Files.exists(home.resolve("terminated"))) {
      return TERMINATED;
    }
    if (code == 128 + Posix.SIGTERM && Files.exists(home.resolve("signalled"))) {
      return CONTROL_EXIT;
    }
    return code;
  }

  private void releaseWhenRead() {
    if (exited.isDone() && unread.get() == 0 && supervisorIsAlive()) {
      Posix.kill(process.supervisor(), Posix.SIGKILL);
    }
  }

  private boolean supervisorIsAlive() {
    return table.isAlive(process.supervisor(), process.supervisorStart());
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public synchronized Optional<AsynchronousByteChannel> stdin() {
    if (process.stdin() && stdin == null && !Files.exists(home.resolve("stdin.closed"))) {
      try {
        int fd = Posix.openForWrite(home.resolve("stdin"));
        stdin = new PipeChannel(loop, fd, true, this::endOfInput);
      } catch (IOException noReader) {
        stdin = new BrokenPipe();
      }
    }
    return Optional.ofNullable(stdin);
  }

  private void endOfInput() {
    mark("stdin.closed");
    if (supervisorIsAlive()) {
      Posix.kill(process.supervisor(), Posix.SIGUSR1);
    }
  }

  @Override
  public synchronized Optional<AsynchronousByteChannel> stdout() {
    if (process.stdout() && stdout == null) {
      stdout = reader("stdout");
    }
    return Optional.ofNullable(stdout);
  }

  @Override
  public synchronized Optional<AsynchronousByteChannel> stderr() {
    if (process.stderr() && stderr == null) {
      stderr = reader("stderr");
    }
    return Optional.ofNullable(stderr);
  }

  private PipeChannel reader(String name) {
    try {
      int fd = Posix.openForRead(home.resolve(name));
      AtomicBoolean ended = new AtomicBoolean();
      return new PipeChannel(
          loop,
          fd,
          false,
          () -> {
            if (ended.compareAndSet(false, true)) {
              unread.decrementAndGet();
              releaseWhenRead();
            }
          });
    } catch (IOException e) {
      throw Failures.of("HcsOpenProcess", String.valueOf(process.pid()), e);
    }
  }

  @Override
  public void terminate() {
    checkOpen("HcsTerminateProcess");
    terminate(home, process, table);
  }

  static void terminate(Path home, ProcessRecord process, ProcessTable table) {
    if (table.isAlive(process.pid(), process.start())) {
      mark(home, "terminated");
      // The group first; a process that has just been forked may not lead its own yet.
      Posix.kill(-process.pid(), Posix.SIGKILL);
      Posix.kill(process.pid(), Posix.SIGKILL);
    }
  }

  @Override
  public boolean signal(ConsoleSignal signal) {
    checkOpen("HcsSignalProcess");
    signal(home, process, table);
    return true;
  }

  static void signal(Path home, ProcessRecord process, ProcessTable table) {
    if (table.isAlive(process.pid(), process.start())) {
      mark(home, "signalled");
      if (!Posix.kill(-process.pid(), Posix.SIGTERM)) {
        Posix.kill(process.pid(), Posix.SIGTERM);
      }
    }
  }

  private void mark(String name) {
    mark(home, name);
  }

  private static void mark(Path home, String name) {
    try {
      Files.write(home.resolve(name), new byte[0]);
    } catch (IOException gone) {
      return;
    }
  }

  @Override
  public ProcessProperties properties() {
    checkOpen("HcsGetProcessProperties");
    boolean ended = exited.isDone() || Files.exists(home.resolve("exit")) || !Files.exists(home);
    return new ProcessProperties(process.pid(), ended, ended ? exitCode(home) : 0, 0);
  }

  private void checkOpen(String function) {
    if (closed.get()) {
      throw new HcsException(function, String.valueOf(process.pid()), HcsErrors.INVALID_HANDLE);
    }
  }

  @Override
  public CompletableFuture<Long> exited() {
    return exited;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      life.close();
      exited.completeExceptionally(
          new HcsException(
              "HcsCloseProcess", String.valueOf(process.pid()), HcsErrors.INVALID_HANDLE));
      handles.closed(this);
    }
  }
}
