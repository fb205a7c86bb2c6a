package io.gardencell.hcs.jna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.ConsoleSignal;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.document.ModifyRequest;
import io.gardencell.hcs.document.SystemQuery;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the bindings make of a service that fails, is slow, loses or delays its notifications, or
 * whose systems end by themselves. Run by acceptance/win64/run.sh only.
 */
@Timeout(120)
class FaultsIT {

  private static final Duration LIMIT = RunningSystem.LIMIT;
  private static final Duration SHORT = Duration.ofMillis(700);

  private final StandIn standIn = new StandIn();
  private final String id = "faulty-" + UUID.randomUUID();
  private StandInFixture fixture;
  private Host host;

  @BeforeEach
  void openHost() {
    fixture = new StandInFixture();
    host = fixture.host();
  }

  @AfterEach
  void endSystems() throws Exception {
    standIn.faults();
    for (var listed : host.compute().enumerate(SystemQuery.owner("jna"))) {
      try (ComputeSystem system = host.compute().open(listed.id())) {
        system.terminate();
        system.exited().get(60, TimeUnit.SECONDS);
      }
    }
    fixture.close();
  }

  private static Consumer<Throwable> code(int code) {
    return e ->
        assertThat(e)
            .isInstanceOfSatisfying(HcsException.class, h -> assertThat(h.code()).isEqualTo(code));
  }

  private ComputeSystem create(Duration limit) {
    return host.compute().create(id, RunningSystem.document(fixture), limit);
  }

  @Test
  void aRefusalHasItsCodeAndItsText() {
    standIn.faults("HcsCreateComputeSystem=0xC0370101");

    assertThatThrownBy(() -> create(LIMIT))
        .satisfies(code(0xC0370101))
        .asString()
        .contains("HcsCreateComputeSystem", id, "does not match the host");
  }

  // hcs-abi.md §18 case 10
  @Test
  void aRefusalThatComesWithTheCompletionHasItsCode() {
    standIn.faults("HcsCreateComputeSystem=async:0x80070005");
    assertThatThrownBy(() -> create(LIMIT)).satisfies(code(HcsErrors.ACCESS_DENIED));

    standIn.faults("HcsStartComputeSystem=async:0xC0370102");
    try (ComputeSystem system = create(LIMIT)) {
      assertThatThrownBy(() -> system.start(LIMIT)).satisfies(code(0xC0370102));
    }
  }

  @Test
  void aSlowCallIsWaitedFor() {
    standIn.faults("HcsCreateComputeSystem=delay:1500");

    try (ComputeSystem system = create(SHORT)) {
      assertThat(system.properties().state()).isEqualTo("Created");
    }
  }

  // winc-runtime.md §18 case 33
  @Test
  void aLostCompletionIsATimeOutAndTheSystemIsEnded() throws Exception {
    standIn.faults("@notification[2:]=0xC0370100");

    assertThatThrownBy(() -> create(SHORT)).satisfies(code(HcsErrors.TIMEOUT));

    standIn.faults();
    while (!host.compute().enumerate(SystemQuery.id(id)).isEmpty()) {
      Thread.onSpinWait();
    }
    try (ComputeSystem again = create(LIMIT)) {
      assertThat(again.properties().state()).isEqualTo("Created");
    }
  }

  // winc-runtime.md §17.17
  @Test
  void aLateCompletionAfterTheTimeOutDoesNoHarm() throws Exception {
    try (ComputeSystem system = create(LIMIT)) {
      standIn.faults("@notification[3:]=delay:2000");
      assertThatThrownBy(() -> system.start(SHORT)).satisfies(code(HcsErrors.TIMEOUT));

      standIn.faults();
      ComputeProcess process = system.createProcess(RunningSystem.process("ghost 4"));
      assertThat(process.exited().get(60, TimeUnit.SECONDS)).isEqualTo(4);
      process.close();
    }
  }

  // winc-runtime.md §18 case 75, §17.15; hcs-abi.md §4: an exit while starting ends the wait
  @Test
  void aSystemThatEndsWhileItStartsFailsTheStartAtOnce() throws Exception {
    try (ComputeSystem system = create(LIMIT)) {
      standIn.faults("HcsStartComputeSystem=exit:0xC0370106");

      assertThatThrownBy(() -> system.start(LIMIT))
          .satisfies(code(HcsErrors.UNEXPECTED_EXIT))
          .hasMessageContaining("unexpected container exit");
      assertThat(system.exited().get(60, TimeUnit.SECONDS).status())
          .isEqualTo(HcsErrors.UNEXPECTED_EXIT);
    }
  }

  @Test
  void aSystemThatEndsByItselfSaysSoToEveryHandle() throws Exception {
    ComputeSystem system = RunningSystem.started(fixture, id);
    ComputeSystem other = host.compute().open(id);
    ComputeProcess process = system.createProcess(RunningSystem.process("probe.exe sleep 60000"));

    standIn.crash(id, HcsErrors.UNEXPECTED_EXIT);

    assertThat(system.exited().get(60, TimeUnit.SECONDS).status())
        .isEqualTo(HcsErrors.UNEXPECTED_EXIT);
    assertThat(other.exited().get(60, TimeUnit.SECONDS).status())
        .isEqualTo(HcsErrors.UNEXPECTED_EXIT);
    assertThat(process.exited().get(60, TimeUnit.SECONDS)).isEqualTo(1067);
    assertThatThrownBy(() -> system.createProcess(RunningSystem.process("ghost 0")))
        .satisfies(code(HcsErrors.SYSTEM_ALREADY_STOPPED));
    system.terminate();
    process.close();
    other.close();
    system.close();
  }

  @Test
  void aLostExitIsFoundInThePropertiesAndEndsWithTheHandle() throws Exception {
    ComputeSystem system = RunningSystem.started(fixture, id);
    standIn.faults("@notification[10000:]=0xC0370100");
    ComputeProcess process = system.createProcess(RunningSystem.process("ghost 6"));

    assertThatThrownBy(() -> process.exited().get(1, TimeUnit.SECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(process.properties().exitCode()).isEqualTo(6);
    process.close();

    assertThatThrownBy(() -> process.exited().get(60, TimeUnit.SECONDS))
        .cause()
        .satisfies(code(HcsErrors.INVALID_HANDLE));
    system.close();
  }

  // hcs-abi.md §18 case 14, winc-runtime.md §18 case 74
  @Test
  void aServiceThatIsGoneEndsEveryWait() throws Exception {
    ComputeSystem system = RunningSystem.started(fixture, id);
    ComputeProcess process = system.createProcess(RunningSystem.process("probe.exe sleep 60000"));

    standIn.disconnect();

    for (var waiting : java.util.List.of(system.exited(), process.exited())) {
      assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
          .cause()
          .satisfies(code(HcsErrors.SERVICE_DISCONNECT))
          .hasMessageContaining("lost communication with compute service");
    }
    process.close();
    system.close();
  }

  // hcs-abi.md §15: a process that came without its pipes
  @Test
  void pipesThatAreLeftOutAreFetched() throws Exception {
    try (ComputeSystem system = RunningSystem.started(fixture, id)) {
      standIn.faults("HcsCreateProcess=withhold");
      ComputeProcess process = system.createProcess(RunningSystem.process("probe.exe out x cat"));

      process.stdin().orElseThrow().close();
      var read = ByteBuffer.allocate(16);
      assertThat(process.stdout().orElseThrow().read(read).get(60, TimeUnit.SECONDS)).isPositive();
      assertThat(read.get(0)).isEqualTo((byte) 'x');
      assertThat(process.exited().get(60, TimeUnit.SECONDS)).isZero();
      process.stdout().orElseThrow().close();
      process.stderr().orElseThrow().close();
      process.close();
    }
  }

  @Test
  void aProcessWhosePipesCannotBeHadIsEnded() {
    try (ComputeSystem system = RunningSystem.started(fixture, id)) {
      int before = standIn.left().processes();
      standIn.faults("HcsCreateProcess=withhold", "HcsGetProcessInfo=0x80070006");
      assertThatThrownBy(() -> system.createProcess(RunningSystem.process("probe.exe sleep 60000")))
          .satisfies(code(HcsErrors.INVALID_HANDLE));

      standIn.faults("HcsCreateProcess=withhold", "HcsGetProcessInfo=0x0");
      assertThatThrownBy(() -> system.createProcess(RunningSystem.process("probe.exe sleep 60000")))
          .hasMessageContaining("no pipe for stdin, stdout, stderr");

      assertThat(standIn.journal("HcsTerminateProcess")).hasSizeGreaterThanOrEqualTo(2);
      assertThat(standIn.left().processes()).isEqualTo(before);
      assertThat(standIn.left().pipes()).isZero();
    }
  }

  /** The result document is the last argument of each function: it only arrives if all fit. */
  @Test
  void theEventsOfEveryFunctionsResultArrive() {
    ComputeSystem system = RunningSystem.started(fixture, id);
    ComputeProcess process = system.createProcess(RunningSystem.process("probe.exe sleep 60000"));
    standIn.events(true);
    Map<String, Runnable> calls = new LinkedHashMap<>();
    calls.put("HcsEnumerateComputeSystems", () -> host.compute().enumerate(SystemQuery.id(id)));
    calls.put("HcsCreateComputeSystem", () -> create(LIMIT));
    calls.put("HcsOpenComputeSystem", () -> host.compute().open(id));
    calls.put("HcsStartComputeSystem", () -> system.start(LIMIT));
    calls.put("HcsShutdownComputeSystem", system::shutdown);
    calls.put("HcsTerminateComputeSystem", system::terminate);
    calls.put("HcsGetComputeSystemProperties", system::properties);
    calls.put("HcsModifyComputeSystem", () -> system.modify(ModifyRequest.addEndpoint("x")));
    calls.put(
        "HcsCreateProcess", () -> system.createProcess(RunningSystem.process("probe.exe exit 0")));
    calls.put("HcsOpenProcess", () -> system.openProcess(process.pid()));
    calls.put("HcsTerminateProcess", process::terminate);
    calls.put("HcsSignalProcess", () -> process.signal(ConsoleSignal.CTRL_C));
    calls.put("HcsGetProcessProperties", process::properties);
    try {
      calls.forEach(
          (function, call) -> {
            standIn.faults(function + "=0x80070020");
            assertThatThrownBy(call::run)
                .as(function)
                .satisfies(code(HcsErrors.SHARING_VIOLATION))
                .satisfies(
                    e ->
                        assertThat(((HcsException) e).events())
                            .singleElement()
                            .asString()
                            .contains(function));
          });
    } finally {
      standIn.events(false);
      standIn.faults();
    }
    process.close();
    system.close();
  }

  @Test
  void anHnsFailureHasTheTextOfHns() {
    standIn.faults("HNSCall[GET /networks/]=hns:The switch is on fire.");

    assertThatThrownBy(() -> host.networks().networks())
        .hasMessageContaining("hns failed with error : The switch is on fire.");
  }

  @Test
  void aLayerFailureNamesFunctionAndFolder() {
    standIn.faults("PrepareLayer=0x80070015");

    assertThatThrownBy(() -> RunningSystem.document(fixture))
        .satisfies(code(0x15))
        .asString()
        .contains("PrepareLayer", "scratch-");
  }
}
