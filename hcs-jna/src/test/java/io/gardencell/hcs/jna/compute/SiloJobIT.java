package io.gardencell.hcs.jna.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.ProcessDetails;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.Statistics;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.jna.RunningSystem;
import io.gardencell.hcs.jna.StandIn;
import io.gardencell.hcs.jna.StandInFixture;
import io.gardencell.hcs.jna.win32.NativeLibraries;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Figures of a container out of its job object. The stand-in imitates the job's name and what it
 * tells of memory and time. Run by acceptance/win64/run.sh only.
 */
@Timeout(120)
class SiloJobIT {

  private static final int PROCESSES = 5;

  private final StandIn standIn = new StandIn();
  private final String id = "silo-" + UUID.randomUUID();
  private final List<ComputeProcess> processes = new ArrayList<>();
  private StandInFixture fixture;
  private ComputeSystem system;

  @BeforeEach
  void startProcesses() throws Exception {
    fixture = new StandInFixture();
    standIn.beSystem(true);
    system = RunningSystem.started(fixture, id);
    for (int i = 0; i < PROCESSES; i++) {
      ComputeProcess process = system.createProcess(RunningSystem.process("probe.exe out x cat"));
      processes.add(process);
      // it has all its memory once it has spoken
      process.stdout().orElseThrow().read(ByteBuffer.allocate(1)).get(60, TimeUnit.SECONDS);
    }
  }

  @AfterEach
  void endSystem() throws Exception {
    standIn.faults();
    standIn.beSystem(false);
    system.terminate();
    system.exited().get(60, TimeUnit.SECONDS);
    for (ComputeProcess process : processes) {
      process.stdin().orElseThrow().close();
      process.stdout().orElseThrow().close();
      process.stderr().orElseThrow().close();
      process.close();
    }
    system.close();
    fixture.close();
  }

  private SystemProperties figures() {
    return system.properties(PropertyType.STATISTICS, PropertyType.PROCESS_LIST);
  }

  private int questions() {
    return standIn.journal("HcsGetComputeSystemProperties").size();
  }

  // hcs-abi.md §9.4
  @Test
  void theJobTellsWhatHcsTells() {
    int before = questions();
    SystemProperties fromJob = figures();
    assertThat(questions()).isEqualTo(before);
    Statistics hcs =
        Objects.requireNonNull(system.properties(PropertyType.STATISTICS).statistics());
    List<ProcessDetails> list = system.properties(PropertyType.PROCESS_LIST).processList();

    Statistics job = Objects.requireNonNull(fromJob.statistics());
    assertThat(fromJob.processList())
        .extracting(ProcessDetails::processId)
        .containsExactlyInAnyOrderElementsOf(list.stream().map(ProcessDetails::processId).toList())
        .containsAll(processes.stream().map(ComputeProcess::pid).toList());
    assertThat(job.memory().commitBytes()).isEqualTo(hcs.memory().commitBytes());
    assertThat(job.memory().commitPeakBytes()).isEqualTo(hcs.memory().commitPeakBytes());
    assertThat(job.processor().runtimeUser100ns())
        .isPositive()
        .isLessThanOrEqualTo(hcs.processor().runtimeUser100ns());
    assertThat(job.processor().runtimeKernel100ns())
        .isPositive()
        .isLessThanOrEqualTo(hcs.processor().runtimeKernel100ns());
    assertThat(job.processor().totalRuntime100ns())
        .isEqualTo(job.processor().runtimeUser100ns() + job.processor().runtimeKernel100ns());
  }

  // hcs-abi.md §18 case 41: MORE_DATA grows; §17.21: opened for queries only
  @Test
  void aListThatDoesNotFitIsAskedForAgain() {
    NativeLibraries dlls = NativeLibraries.load();
    int before = standIn.journal("QueryInformationJobObject").size();

    SystemProperties figures =
        new SiloJob(dlls.ntdll(), dlls.kernel32(), 1).figures(id).orElseThrow();

    assertThat(figures.processList()).hasSize(PROCESSES);
    List<String> lists =
        standIn.journal("QueryInformationJobObject").stream()
            .skip(before)
            .filter(line -> line.contains("\"class\":3,"))
            .toList();
    assertThat(lists).hasSize(2);
    assertThat(lists.get(0)).contains("0x800700EA");
    assertThat(standIn.journal("NtOpenJobObject"))
        .last()
        .asString()
        .contains("\"name\":\"\\\\Container_" + id + "\"", "\"access\":4,", "\"length\":48");
  }

  // hcs-abi.md §18 case 41: what cannot be had from the job comes from HCS
  @Test
  void hcsIsAskedWhereTheJobIsRefusedOrFails() {
    standIn.beSystem(false);
    int before = questions();
    assertThat(figures().processList()).hasSize(PROCESSES);
    assertThat(questions()).isEqualTo(before + 1);

    standIn.beSystem(true);
    standIn.faults("QueryInformationJobObject=0x80070032@3");
    assertThat(figures().processList()).hasSize(PROCESSES);
    assertThat(questions()).isEqualTo(before + 2);
    assertThat(Objects.requireNonNull(figures().statistics()).memory().commitBytes()).isPositive();
  }

  @Test
  void aSystemThatHasEndedHasNoFigures() throws Exception {
    system.terminate();
    system.exited().get(60, TimeUnit.SECONDS);

    assertThatThrownBy(this::figures).isInstanceOf(HcsException.class);
  }
}
