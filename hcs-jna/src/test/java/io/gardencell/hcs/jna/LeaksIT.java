package io.gardencell.hcs.jna;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.document.SystemQuery;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Nothing that HCS hands out stays behind. Run by acceptance/win64/run.sh only.
 *
 * <p>The many cycles use the stand-in's ghosts: processes with handles, pipes and notifications
 * like any other that have ended before they are seen, because a program takes Wine tens of
 * milliseconds to start. {@code gardencell.cycles} and {@code gardencell.programs} say how many of
 * each; the tier sets them.
 */
@Timeout(400)
class LeaksIT {

  private static final int CYCLES = Integer.getInteger("gardencell.cycles", 10_000);
  private static final int PROGRAMS = Integer.getInteger("gardencell.programs", 50);

  private static final Duration LIMIT = RunningSystem.LIMIT;

  private final StandIn standIn = new StandIn();
  private final Kernel kernel = Native.load("kernel32", Kernel.class);
  private StandInFixture fixture;
  private ComputeSystem system;

  interface Kernel extends Library {

    Pointer GetCurrentProcess();

    boolean GetProcessHandleCount(Pointer process, IntByReference count);
  }

  @BeforeEach
  void startSystem() {
    fixture = new StandInFixture();
    system = RunningSystem.started(fixture, "leaks-" + UUID.randomUUID());
  }

  @AfterEach
  void endSystem() throws Exception {
    standIn.faults();
    system.terminate();
    system.exited().get(60, TimeUnit.SECONDS);
    system.close();
    fixture.close();
    assertLeft(StandIn.Left.NOTHING);
  }

  @Test
  void thousandsOfProcessesLeaveNoHandle() throws Exception {
    for (int i = 0; i < 200; i++) {
      cycle("ghost 7", 7);
    }
    int before = handles();
    for (int i = 0; i < CYCLES; i++) {
      cycle("ghost 7", 7);
    }

    assertLeft(new StandIn.Left(1, 0, 1, 0, 0));
    assertThat(handles()).isLessThan(before + 50);
  }

  @Test
  void programsThatRunLeaveNoHandle() throws Exception {
    for (int i = 0; i < PROGRAMS; i++) {
      cycle("probe.exe out x exit 3", 3);
    }
    assertLeft(new StandIn.Left(1, 0, 1, 0, 0));
  }

  @Test
  void systemsLeaveNoHandle() throws Exception {
    for (int i = 0; i < 20; i++) {
      ComputeSystem other = RunningSystem.started(fixture, "other-" + UUID.randomUUID());
      other.properties();
      other.terminate();
      other.exited().get(60, TimeUnit.SECONDS);
      other.close();
      other.close();
    }
    assertLeft(new StandIn.Left(1, 0, 1, 0, 0));
  }

  @Test
  void failuresLeaveNoHandle() {
    Host host = fixture.host();
    for (String rule :
        new String[] {
          "HcsCreateComputeSystem=0xC037010D",
          "HcsCreateComputeSystem=async:0xC0370101",
          "HcsRegisterComputeSystemCallback=0xC0370104",
          "HcsOpenComputeSystem=0x80070005",
          "HcsCreateProcess=0x80070002",
          "HcsRegisterProcessCallback=0xC0370104",
          "HcsOpenProcess=0x80070490",
          "HcsGetComputeSystemProperties=0x80070005",
          "HcsEnumerateComputeSystems=0x80070005",
          "HNSCall=0x80070005"
        }) {
      standIn.faults(rule);
      assertFails(() -> host.compute().create("x", RunningSystem.document(fixture), LIMIT).close());
      assertFails(() -> host.compute().open(system.id()).close());
      assertFails(() -> closeAll(system.createProcess(RunningSystem.process("ghost 1"))));
      assertFails(() -> system.openProcess(1).close());
      assertFails(system::properties);
      assertFails(() -> host.compute().enumerate(SystemQuery.id("x")));
      assertFails(() -> host.networks().networks());
    }
    standIn.faults();
    assertLeft(new StandIn.Left(1, 0, 1, 0, 0));
  }

  /** At least the call that the rule is for fails; the others may. */
  private static void assertFails(Runnable call) {
    try {
      call.run();
    } catch (HcsException expected) {
      assertThat(expected.getMessage()).isNotEmpty();
    }
  }

  /** The last handles are closed behind the notifications, on their thread. */
  private void assertLeft(StandIn.Left expected) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    StandIn.Left left = standIn.left();
    while (!left.equals(expected) && System.nanoTime() < deadline) {
      Thread.onSpinWait();
      left = standIn.left();
    }
    assertThat(left).isEqualTo(expected);
  }

  private static void closeAll(ComputeProcess process) {
    try {
      process.stdin().orElseThrow().close();
      process.stdout().orElseThrow().close();
      process.stderr().orElseThrow().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    process.close();
  }

  private void cycle(String commandLine, long exitCode) throws Exception {
    ComputeProcess process = system.createProcess(RunningSystem.process(commandLine));
    process.stdin().orElseThrow().close();
    readToEnd(process.stdout().orElseThrow());
    readToEnd(process.stderr().orElseThrow());
    assertThat(process.exited().get(60, TimeUnit.SECONDS)).isEqualTo(exitCode);
    process.close();
  }

  private static void readToEnd(AsynchronousByteChannel channel) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1024);
    while (channel.read(buffer.clear()).get(60, TimeUnit.SECONDS) >= 0) {
      assertThat(buffer.position()).isPositive();
    }
    channel.close();
  }

  private int handles() {
    var count = new IntByReference();
    assertThat(kernel.GetProcessHandleCount(kernel.GetCurrentProcess(), count)).isTrue();
    return count.getValue();
  }
}
