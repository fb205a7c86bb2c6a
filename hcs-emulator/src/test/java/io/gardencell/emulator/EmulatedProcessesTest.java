package io.gardencell.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostProcess;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.document.SystemQuery;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What only the emulated host promises of its processes. */
@Timeout(120)
class EmulatedProcessesTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final EmulatedFixture fixture = new EmulatedFixture();
  private Host host = fixture.host();
  private ComputeSystem system;

  @BeforeEach
  void start() {
    Path layer = fixture.directory().resolve("scratch");
    List<Path> parents = List.of(fixture.baseLayer());
    host.scratchLayers().create(layer, parents);
    host.scratchLayers().activate(layer);
    host.scratchLayers().prepare(layer, parents);
    system =
        host.compute()
            .create(
                "s",
                SystemDocument.container()
                    .volumePath(host.scratchLayers().mountPath(layer).orElseThrow())
                    .build(),
                TIMEOUT);
    system.start(TIMEOUT);
  }

  @AfterEach
  void end() {
    for (var left : host.compute().enumerate(SystemQuery.id("s"))) {
      host.compute().open(left.id()).terminate();
    }
    fixture.close();
  }

  private void restart() {
    host = fixture.reopen();
    system = host.compute().open("s");
  }

  private ComputeProcess shell(String script, boolean pipes) {
    return system.createProcess(
        ProcessDocument.of(
            "sh -c \"" + script.replace("\"", "\\\"") + "\"", "", "C:\\", Map.of(), pipes));
  }

  private static long exitOf(ComputeProcess process) throws Exception {
    return process.exited().get(60, TimeUnit.SECONDS);
  }

  private static byte[] readAll(AsynchronousByteChannel channel) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer piece = ByteBuffer.allocate(64 * 1024);
    while (channel.read(piece.clear()).get(60, TimeUnit.SECONDS) >= 0) {
      all.write(piece.array(), 0, piece.position());
    }
    return all.toByteArray();
  }

  private static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
  }

  private List<Path> processDirectories() {
    Path systems = fixture.directory().resolve("data/emulator/systems");
    return StateDirectory.list(systems).stream()
        .flatMap(s -> StateDirectory.list(s.resolve("p")).stream())
        .toList();
  }

  @Test
  void givesOutputAndExitCodeOfAProcessThatEndedWhileNoDaemonWasThere() throws Exception {
    ComputeProcess process = shell("sleep 0.2; echo out; echo err >&2; exit 7", true);
    long pid = process.pid();
    host.close();
    await("process ends", () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());

    restart();
    ComputeProcess again = system.openProcess(pid);

    assertThat(readAll(again.stdout().orElseThrow())).asString().isEqualTo("out\n");
    assertThat(readAll(again.stderr().orElseThrow())).asString().isEqualTo("err\n");
    assertThat(exitOf(again)).isEqualTo(7);
  }

  @Test
  void carriesStdioOfARunningProcessOverARestart() throws Exception {
    ComputeProcess process = shell("head -c 1000000 /dev/zero; cat; exit 9", true);
    AsynchronousByteChannel out = process.stdout().orElseThrow();
    ByteBuffer first = ByteBuffer.allocate(1000);
    int before = out.read(first).get(60, TimeUnit.SECONDS);

    restart();
    ComputeProcess again = system.openProcess(process.pid());
    AsynchronousByteChannel in = again.stdin().orElseThrow();
    in.write(ByteBuffer.wrap("end".getBytes(StandardCharsets.UTF_8))).get(60, TimeUnit.SECONDS);
    in.close();

    assertThat(before + readAll(again.stdout().orElseThrow()).length).isEqualTo(1_000_003);
    assertThat(exitOf(again)).isEqualTo(9);
  }

  @Test
  void keepsItsOwnVariablesToItself() throws Exception {
    Set<String> known = Set.of("PATH", "HOME", "PWD", "OLDPWD", "SHLVL", "_", "TEMP", "TMP", "OS");
    List<String> ours = System.getenv().keySet().stream().filter(n -> !known.contains(n)).toList();
    ComputeProcess process =
        system.createProcess(ProcessDocument.of("env", "", "", Map.of(), true));

    String block = new String(readAll(process.stdout().orElseThrow()), StandardCharsets.UTF_8);

    assertThat(ours).isNotEmpty();
    assertThat(block.lines().map(l -> l.split("=", 2)[0])).doesNotContainAnyElementsOf(ours);
  }

  @Test
  @EnabledOnOs(OS.LINUX) // elsewhere a process that leaves its session and parent is not found
  void endsProcessesThatWentTheirOwnWay() throws Exception {
    ComputeProcess process =
        shell("setsid sh -c 'echo $$; exec sleep 3600' </dev/null 2>/dev/null & exit 0", true);
    ByteBuffer line = ByteBuffer.allocate(100);
    process.stdout().orElseThrow().read(line).get(60, TimeUnit.SECONDS);
    long pid =
        Long.parseLong(new String(line.array(), 0, line.position() - 1, StandardCharsets.UTF_8));
    exitOf(process);
    assertThat(system.properties(PropertyType.PROCESS_LIST).processList())
        .anyMatch(p -> p.processId() == pid);

    system.terminate();

    assertThat(host.processes().find(pid).filter(HostProcess::running)).isEmpty();
  }

  @Test
  void forgetsAProcessThatHasEndedAndBeenReadButNotItsProcessorTime() throws Exception {
    ComputeProcess process = shell("i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done", true);
    readAll(process.stdout().orElseThrow());
    readAll(process.stderr().orElseThrow());
    exitOf(process);
    long time = processorTime();
    process.close();
    assertThat(processDirectories()).hasSize(1);
    Path home = processDirectories().get(0);

    Files.setLastModifiedTime(home.resolve("released"), FileTime.fromMillis(0));
    await("directory goes", () -> processDirectories().isEmpty());

    assertThat(time).isPositive();
    assertThat(processorTime()).isEqualTo(time);
    assertThatThrownBy(() -> system.openProcess(process.pid()))
        .isInstanceOfSatisfying(
            HcsException.class, e -> assertThat(e.code()).isEqualTo(HcsErrors.NOT_FOUND));
  }

  private long processorTime() {
    var statistics = system.properties(PropertyType.STATISTICS).statistics();
    return statistics == null ? 0 : statistics.processor().totalRuntime100ns();
  }

  @Test
  void keepsAProcessWhoseOutputNobodyHasRead() throws Exception {
    ComputeProcess process = shell("echo out", true);
    exitOf(process);
    process.close();

    assertThat(processDirectories()).hasSize(1);
    assertThat(processDirectories().get(0).resolve("released")).doesNotExist();
    assertThat(readAll(system.openProcess(process.pid()).stdout().orElseThrow()))
        .asString()
        .isEqualTo("out\n");
  }

  @Test
  void usesNoMoreThreadsFor200ProcessesThanFor20() throws Exception {
    List<ComputeProcess> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(attached());
    }
    long threads = hostThreads();
    for (int i = 20; i < 200; i++) {
      all.add(attached());
    }

    assertThat(hostThreads()).isEqualTo(threads);
    var listed = system.properties(PropertyType.PROCESS_LIST).processList();
    assertThat(listed).hasSize(200);
    for (ComputeProcess process : all) {
      process.stdin().orElseThrow().close();
    }
    for (ComputeProcess process : all) {
      assertThat(exitOf(process)).isZero();
    }
  }

  /** Both output streams are being read, and input is open. */
  private ComputeProcess attached() {
    ComputeProcess process =
        system.createProcess(ProcessDocument.of("cat", "", "", Map.of(), true));
    process.stdout().orElseThrow().read(ByteBuffer.allocate(10));
    process.stderr().orElseThrow().read(ByteBuffer.allocate(10));
    assertThat(process.stdin()).isPresent();
    return process;
  }

  private static long hostThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> !t.getName().startsWith("process reaper"))
        .filter(t -> !t.getName().startsWith("emulator-copy"))
        .count();
  }
}
