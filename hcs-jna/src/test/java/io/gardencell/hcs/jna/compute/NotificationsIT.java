package io.gardencell.hcs.jna.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.jna.RunningSystem;
import io.gardencell.hcs.jna.StandIn;
import io.gardencell.hcs.jna.StandInFixture;
import io.gardencell.hcs.jna.stdio.CompletionPort;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.NativeLibraries;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callbacks that native code really makes. Run by acceptance/win64/run.sh only. */
@Timeout(120)
class NotificationsIT {

  private final StandIn standIn = new StandIn();
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final AtomicInteger handedOver = new AtomicInteger();
  private volatile Runnable onHandOver = () -> {};
  private StandInFixture fixture;
  private CompletionPort pipes;
  private ComputeCalls calls;
  private JnaCompute compute;

  @BeforeEach
  void openHost() {
    fixture = new StandInFixture();
    NativeLibraries dlls = NativeLibraries.load();
    var failures = new Failures(dlls.kernel32(), dlls.ole32());
    pipes = new CompletionPort(dlls.kernel32(), failures);
    calls = calls(dlls, failures);
    compute = new JnaCompute(calls, new SiloJob(dlls.ntdll(), dlls.kernel32()));
  }

  private ComputeCalls calls(NativeLibraries dlls, Failures failures) {
    Executor executor =
        task -> {
          handedOver.incrementAndGet();
          onHandOver.run();
          thread.execute(task);
        };
    return new ComputeCalls(
        NativeLibraries.vmcompute(VmCompute.class),
        failures,
        new Notifications(executor),
        pipes,
        executor);
  }

  @AfterEach
  void closeHost() {
    standIn.faults();
    pipes.close();
    thread.shutdown();
    fixture.close();
  }

  private ComputeSystem started() {
    String id = "notes-" + UUID.randomUUID();
    ComputeSystem system = compute.create(id, RunningSystem.document(fixture), RunningSystem.LIMIT);
    system.start(RunningSystem.LIMIT);
    return system;
  }

  // hcs-abi.md §18 case 12
  @Test
  void whatIsThrownInACallbackDoesNotReachNativeCode() throws Exception {
    ComputeSystem system = started();
    ComputeSystem other = compute.open(system.id());
    onHandOver =
        () -> {
          onHandOver = () -> {};
          throw new IllegalStateException("the first of two fails");
        };

    standIn.crash(system.id(), 0xC0370106);

    // one is lost, the other arrives: the thread that calls back lives on
    CompletableFuture.anyOf(system.exited(), other.exited()).get(60, TimeUnit.SECONDS);
    system.close();
    other.close();
    assertThat(calls.notifications().size()).isZero();
  }

  // hcs-abi.md §18 case 13
  @Test
  void closingWaitsForACallbackThatRunsAndNoneComesAfterwards() throws Exception {
    ComputeSystem system = started();
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    onHandOver =
        () -> {
          onHandOver = () -> {};
          running.countDown();
          try {
            assertThat(goOn.await(60, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    standIn.crash(system.id(), 0xC0370106);
    assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();

    CompletableFuture<Void> closed = CompletableFuture.runAsync(system::close);
    assertThatThrownBy(() -> closed.get(500, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    goOn.countDown();

    closed.get(60, TimeUnit.SECONDS);
    int before = handedOver.get();
    standIn.disconnect();
    try (ComputeSystem again = started()) {
      again.terminate();
      again.exited().get(60, TimeUnit.SECONDS);
    }
    // created, started and exited of the new one, and what its close hands over
    assertThat(handedOver.get()).isBetween(before + 3, before + 4);
    assertThat(calls.notifications().size()).isZero();
  }

  // hcs-abi.md §18 case 16
  @Test
  void aCallbackIsNotCollectedWhileACreationIsPending() throws Exception {
    standIn.faults("@notification[2:]=delay:1500");
    CompletableFuture<ComputeSystem> creating = CompletableFuture.supplyAsync(this::started);
    while (!creating.isDone()) {
      System.gc();
    }
    try (ComputeSystem system = creating.get()) {
      system.terminate();
      system.exited().get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void aHandleThatWasForgottenDoesNoHarmWhenItsSystemEnds() {
    String id = "notes-" + UUID.randomUUID();
    forget(id);
    for (int i = 0; i < 20; i++) {
      System.gc();
    }

    standIn.crash(id, 0xC0370106);

    // a callback that was collected would end this JVM
    while (standIn.journal("@notification").stream()
        .noneMatch(line -> line.contains("\"type\":1,") && line.contains(id))) {
      Thread.onSpinWait();
    }
    while (handedOver.get() < 2) {
      Thread.onSpinWait();
    }
  }

  /** Creates a system with bindings of its own and lets go of all of them, without closing. */
  private void forget(String id) {
    NativeLibraries dlls = NativeLibraries.load();
    ComputeCalls own = calls(dlls, new Failures(dlls.kernel32(), dlls.ole32()));
    assertThat(
            new JnaCompute(own, new SiloJob(dlls.ntdll(), dlls.kernel32()))
                .create(id, RunningSystem.document(fixture), RunningSystem.LIMIT)
                .id())
        .isEqualTo(id);
  }
}
