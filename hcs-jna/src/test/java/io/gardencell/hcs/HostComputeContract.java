package io.gardencell.hcs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.document.ModifyRequest;
import io.gardencell.hcs.document.ProcessDetails;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.document.SystemQuery;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link HostCompute} does (hcs-abi.md section 16).
 *
 * <p>hcs-abi.md §18 case 42: each rule of §16 for systems and processes; those of layers are in
 * {@link ScratchLayersContract}.
 */
public abstract class HostComputeContract extends HostContract {

  private Host host;
  private HostFixture fixture;
  private String id;
  private String volume;

  @BeforeEach
  void prepareVolume() {
    host = host();
    fixture = fixture();
    id = unique("system");
    volume = volumeOf(preparedLayer());
  }

  private ComputeSystem created() {
    return host.compute().create(id, document(volume), TIMEOUT);
  }

  @Override
  ComputeSystem running() {
    ComputeSystem system = created();
    system.start(TIMEOUT);
    return system;
  }

  /** Whether a stopped system is still listed while a handle is open is the host's affair (§16). */
  private void assertNoneRuns() {
    assertThat(host.compute().enumerate(SystemQuery.id(id)))
        .allMatch(listed -> listed.state().equals("Stopped"));
  }

  private static ProcessDocument process(String commandLine, boolean pipes) {
    return ProcessDocument.of(commandLine, "", "C:\\", Map.of(), pipes);
  }

  private static long exitOf(ComputeProcess process) throws Exception {
    return process.exited().get(30, TimeUnit.SECONDS);
  }

  private static long countOf(AsynchronousByteChannel channel) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    long count = 0;
    while (true) {
      int n = channel.read(buffer.clear()).get(30, TimeUnit.SECONDS);
      if (n < 0) {
        return count;
      }
      count += n;
    }
  }

  @Test
  void refusesAnIdThatIsTaken() {
    created();
    assertThatThrownBy(this::created).satisfies(code(HcsErrors.SYSTEM_ALREADY_EXISTS));
  }

  @Test
  void refusesADocumentThatIsNoContainer() {
    SystemDocument bad = io.gardencell.hcs.document.HcsJson.read("{}", SystemDocument.class);
    assertThatThrownBy(() -> host.compute().create(id, bad, TIMEOUT))
        .isInstanceOf(HcsException.class);
    assertThat(host.compute().enumerate(SystemQuery.id(id))).isEmpty();
  }

  @Test
  void refusesToOpenAnUnknownSystem() {
    assertThatThrownBy(() -> host.compute().open(id)).satisfies(code(HcsErrors.SYSTEM_NOT_FOUND));
  }

  @Test
  void refusesASecondStart() {
    ComputeSystem system = running();
    assertThatThrownBy(() -> system.start(TIMEOUT)).satisfies(code(HcsErrors.INVALID_STATE));
  }

  @Test
  void refusesAProcessBeforeTheStart() {
    ComputeSystem system = created();
    assertThatThrownBy(() -> system.createProcess(process(fixture.exits(0), false)))
        .satisfies(code(HcsErrors.INVALID_STATE));
  }

  @Test
  void refusesAProgramAUserOrADirectoryThatIsNotThere() {
    ComputeSystem system = running();
    assertThatThrownBy(() -> system.createProcess(process("no-such-program-7", false)))
        .satisfies(code(HcsErrors.FILE_NOT_FOUND));
    assertThatThrownBy(
            () ->
                system.createProcess(
                    ProcessDocument.of(fixture.exits(0), "nobody-7", "C:\\", Map.of(), false)))
        .satisfies(code(HcsErrors.LOGON_FAILURE));
    assertThatThrownBy(
            () ->
                system.createProcess(
                    ProcessDocument.of(fixture.exits(0), "", "C:\\absent", Map.of(), false)))
        .satisfies(code(HcsErrors.DIRECTORY_NAME_INVALID));
  }

  @Test
  void givesTheExitCodeOfAProcess() throws Exception {
    ComputeProcess process = running().createProcess(process(fixture.exits(42), false));

    assertThat(exitOf(process)).isEqualTo(42);
    assertThat(process.properties().exited()).isTrue();
    assertThat(process.properties().exitCode()).isEqualTo(42);
  }

  @Test
  void givesPipesOnlyWhereAsked() {
    ComputeProcess process = running().createProcess(process(fixture.exits(0), false));
    assertThat(process.stdin()).isEmpty();
    assertThat(process.stdout()).isEmpty();
    assertThat(process.stderr()).isEmpty();
  }

  @Test
  void endsInputWhenTheChannelIsClosedAndCarriesItBack() throws Exception {
    ComputeProcess process = running().createProcess(process(fixture.echoes(), true));
    AsynchronousByteChannel in = process.stdin().orElseThrow();
    AsynchronousByteChannel out = process.stdout().orElseThrow();

    in.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8))).get(30, TimeUnit.SECONDS);
    in.close();

    assertThat(countOf(out)).isEqualTo(5);
    assertThat(exitOf(process)).isZero();
  }

  @Test
  void blocksAWriterWhoseOutputNobodyReadsAndLosesNothing() throws Exception {
    long size = 64L * 1024 * 1024;
    ComputeProcess process = running().createProcess(process(fixture.writesZeros(size), true));

    assertThat(process.exited().isDone()).isFalse();
    assertThat(countOf(process.stdout().orElseThrow())).isEqualTo(size);
    assertThat(exitOf(process)).isZero();
  }

  @Test
  void terminatesAProcess() throws Exception {
    ComputeProcess process = running().createProcess(process(fixture.runsForever(), false));
    process.terminate();
    assertThat(exitOf(process)).isEqualTo(1067);
    process.terminate();
  }

  @Test
  void endsAllProcessesWithTheSystem() throws Exception {
    ComputeSystem system = running();
    ComputeSystem other = host.compute().open(id);
    ComputeProcess process = system.createProcess(process(fixture.runsForever(), true));

    assertThat(system.terminate()).isTrue();

    assertThat(system.exited().get(30, TimeUnit.SECONDS).status()).isZero();
    assertThat(other.exited().get(30, TimeUnit.SECONDS).status()).isZero();
    assertThat(exitOf(process)).isEqualTo(1067);
    assertNoneRuns();
    assertThat(host.processes().find(process.pid()).filter(HostProcess::running)).isEmpty();
    assertThat(system.terminate()).isFalse();
    assertThat(system.shutdown()).isFalse();
    assertThatThrownBy(() -> system.createProcess(process(fixture.exits(0), false)))
        .satisfies(code(HcsErrors.SYSTEM_ALREADY_STOPPED));
  }

  @Test
  void shutsDown() throws Exception {
    ComputeSystem system = running();
    system.createProcess(process(fixture.runsForever(), false));

    assertThat(system.shutdown()).isTrue();

    assertThat(system.exited().get(30, TimeUnit.SECONDS).status()).isZero();
    assertNoneRuns();
  }

  @Test
  void keepsRunningWhenItsFirstProcessEnds() throws Exception {
    ComputeSystem system = running();
    exitOf(system.createProcess(process(fixture.exits(0), false)));
    assertThat(system.properties().state()).isEqualTo("Running");
  }

  @Test
  void enumeratesByEachKeyAndByAllTogether() {
    created();
    assertThat(host.compute().enumerate(SystemQuery.id(id))).hasSize(1);
    assertThat(host.compute().enumerate(SystemQuery.owner("contract"))).isNotEmpty();
    assertThat(host.compute().enumerate(SystemQuery.owner("somebody-else-7"))).isEmpty();
    SystemQuery both =
        new SystemQuery(List.of(id), List.of("Container"), List.of(), List.of("somebody-else-7"));
    assertThat(host.compute().enumerate(both)).isEmpty();
  }

  @Test
  void listsProcessesAndFiguresOnRequest() {
    ComputeSystem system = running();
    ComputeProcess process = system.createProcess(process(fixture.runsForever(), false));

    assertThat(system.properties().statistics()).isNull();
    var asked = system.properties(PropertyType.STATISTICS, PropertyType.PROCESS_LIST);

    assertThat(asked.statistics()).isNotNull();
    assertThat(asked.processList()).extracting(ProcessDetails::processId).contains(process.pid());
  }

  @Test
  void refusesAChangeItDoesNotKnow() {
    ComputeSystem system = running();
    assertThatThrownBy(() -> system.modify(new ModifyRequest("Weather", "rain", "Add")))
        .isInstanceOf(HcsException.class);
  }

  @Test
  void findsSystemsAndProcessesAgainAfterARestart() throws Exception {
    ComputeProcess before = running().createProcess(process(fixture.runsForever(), false));
    long pid = before.pid();

    host = reopened();
    ComputeSystem system = host.compute().open(id);
    ComputeProcess process = system.openProcess(pid);

    assertThat(process.exited().isDone()).isFalse();
    process.terminate();
    assertThat(exitOf(process)).isEqualTo(1067);
    assertThatThrownBy(() -> system.openProcess(pid + 1_000_000_000L))
        .satisfies(code(HcsErrors.NOT_FOUND));
  }
}
