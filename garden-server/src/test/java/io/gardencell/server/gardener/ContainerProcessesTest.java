package io.gardencell.server.gardener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.api.oci.OciJson;
import io.gardencell.api.oci.OciSpec;
import io.gardencell.api.spi.ContainerEvent;
import io.gardencell.server.stream.RunningProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerProcessesTest extends GardenerTest {

  private static final String PEA = "{\"id\":\"pea\",\"path\":\"x\",\"image\":{\"uri\":\"u\"}}";

  private RunningProcess run(String json) {
    return get("c").run(process(json));
  }

  private FakeContainerProcess fake(RunningProcess process) {
    return there(plugins.processes.get(process.pid()));
  }

  // guardian.md §20 case 35
  @Test
  void theProcessDocumentIsTheReferencesWithoutItsLinuxParts() throws IOException {
    gardener.create(spec("{\"handle\":\"c\",\"env\":[\"CENV=1\"]}"));

    run(
        """
        {"id":"p","path":"whatever","args":["a b","c"],"env":["PENV=1","CENV=2"],
         "dir":"C:\\\\work\\\\x","user":"vcap","rlimits":{"nofile":30},
         "tty":{"window_size":{"columns":100,"rows":50}}}
        """);

    assertThat(bundle("c").resolve("processes/p/spec.json"))
        .hasContent(
            "{\"terminal\":true,\"consoleSize\":{\"height\":50,\"width\":100},"
                + "\"user\":{\"uid\":0,\"gid\":0,\"username\":\"vcap\"},"
                + "\"args\":[\"whatever\",\"a b\",\"c\"],"
                + "\"env\":[\"IMG=1\",\"PATH=c:\\\\win\",\"CENV=1\",\"PENV=1\",\"CENV=2\"],"
                + "\"cwd\":\"C:\\\\work\\\\x\","
                + "\"rlimits\":[{\"type\":\"RLIMIT_NOFILE\",\"hard\":30,\"soft\":30}]}\n");
    assertThat(Files.readString(bundle("c").resolve("processes/p/pidfile"))).isEqualTo("5001");
  }

  // guardian.md §20 case 36
  @ParameterizedTest
  @CsvSource({
    "'', '', C:\\Users\\ContainerAdministrator, Users/ContainerAdministrator",
    "vcap, '', C:\\Users\\vcap, Users/vcap",
    "vcap, C:\\work\\x, C:\\work\\x, work/x"
  })
  void theWorkingDirectoryIsTheHomeOrWhatIsAskedForAndIsMade(
      String user, String dir, String cwd, String made) {
    create("c");

    get("c")
        .run(
            process(
                "{\"path\":\"x\",\"user\":\"%s\",\"dir\":\"%s\"}"
                    .formatted(user, dir.replace("\\", "\\\\"))));

    assertThat(plugins.started.get(0).cwd()).isEqualTo(cwd);
    assertThat(directory.resolve("roots/c").resolve(made)).isDirectory();
  }

  // guardian.md §10.1 step 5: a directory that is there through a link or a mount serves, too, and
  // nothing is made on its other side
  @Test
  void aWorkingDirectoryBehindALinkIsLeftToTheContainer(@TempDir Path outside) throws Exception {
    create("c");
    Path root = directory.resolve("roots/c");
    Files.createDirectories(root);
    Files.createSymbolicLink(root.resolve("mounted"), outside);

    get("c").run(process("{\"path\":\"x\",\"dir\":\"C:\\\\mounted\\\\sub\"}"));

    assertThat(plugins.started.get(0).cwd()).isEqualTo("C:\\mounted\\sub");
    assertThat(outside).isEmptyDirectory();
  }

  // guardian.md §20 case 38
  @ParameterizedTest
  @ValueSource(longs = {42, 0, 3221225477L})
  void theStatusIsTheProcessesOwn(long status) throws Exception {
    create("c");
    RunningProcess process = run("{\"path\":\"x\"}");

    fake(process).exit.complete(status);

    assertThat(process.exited().get()).isEqualTo(status);
  }

  // guardian.md §20 case 39
  @Test
  void aProcessThatCannotStartIsAnErrorAndLeavesNothing() {
    create("c");
    plugins.fail("runtime.run", 1);

    assertThatThrownBy(() -> run("{\"id\":\"p\",\"path\":\"x\"}")).hasMessage("runtime.run failed");

    assertThat(bundle("c").resolve("processes/p")).doesNotExist();
    run("{\"id\":\"p\",\"path\":\"x\"}");
  }

  // guardian.md §20 case 40
  @Test
  void anIdIsTakenWhileItsProcessRunsAndFreeOnceItsExitIsSeen() {
    create("c");
    create("other").run(process("{\"id\":\"x\",\"path\":\"x\"}"));
    for (int i = 0; i < 50; i++) {
      RunningProcess process = run("{\"id\":\"x\",\"path\":\"x\"}");
      assertThatThrownBy(() -> run("{\"id\":\"X\",\"path\":\"x\"}"))
          .hasMessage("process ID 'X' already in use");
      fake(process).exit.complete(0L);
    }
  }

  // guardian.md §20 case 41
  @ParameterizedTest
  @ValueSource(strings = {"..\\\\..\\\\evil", "../evil", "a/b", "con", "x."})
  void anIdThatIsNoNameIsRefused(String id) throws IOException {
    create("c");

    assertThatThrownBy(() -> run("{\"id\":\"" + id + "\",\"path\":\"x\"}"))
        .hasMessageStartingWith("invalid process id: '");
    assertThat(plugins.started).isEmpty();
    assertThat(depot()).containsExactly("c");
  }

  // guardian.md §20 case 42
  @Test
  void aProcessIsFoundInItsOwnContainerWhileItRuns() {
    create("c");
    create("other");
    RunningProcess process = run("{\"id\":\"p\",\"path\":\"x\"}");

    assertThat(get("c").attach("p")).isSameAs(process);
    assertThatThrownBy(() -> get("other").attach("p"))
        .isInstanceOf(GardenException.ProcessNotFound.class);
    fake(process).exit.complete(0L);
    assertThatThrownBy(() -> get("c").attach("p"))
        .isInstanceOf(GardenException.ProcessNotFound.class);
  }

  // guardian.md §20 case 45
  @Test
  void bindMountsNeedAnImage() {
    create("c");

    assertThatThrownBy(() -> run("{\"path\":\"x\",\"bind_mounts\":[]}"))
        .hasMessage("Running a process with bind mounts and no image provided is not allowed");
  }

  // guardian.md §20 case 46
  @Test
  void aSidecarHasItsOwnVolumeAndItsContainersNetwork() throws Exception {
    gardener.create(spec("{\"handle\":\"c\",\"env\":[\"CENV=1\"]}"));

    RunningProcess process =
        run(
            "{\"id\":\"pea\",\"path\":\"x\",\"image\":{\"uri\":\"u\"},\"env\":[\"P=1\"],"
                + "\"bind_mounts\":[{\"src_path\":\"C:\\\\h\",\"dst_path\":\"C:\\\\d\"}]}");

    OciSpec config =
        OciJson.read(
            Files.readString(bundle("c").resolve("processes/pea/config.json")), OciSpec.class);
    assertThat(plugins.images.get(1).handle()).isEqualTo("pea");
    assertThat(plugins.images.get(1).diskLimit()).isZero();
    assertThat(there(there(config.windows()).network()).networkSharedContainerName())
        .isEqualTo("c");
    assertThat(there(config.process()).env()).containsExactly("IMG=1", "PATH=c:\\win", "P=1");
    assertThat(there(config.process()).cwd()).isEqualTo("/");
    assertThat(config.mounts()).extracting(m -> m.destination()).contains("C:\\d");
    assertThat(there(there(there(config.windows()).resources()).memory()).limit()).hasToString("0");

    fake(process).exit.complete(123L);
    assertThat(process.exited().get()).isEqualTo(123);
    assertThat(becomes(() -> !plugins.volumes.contains("pea"))).isTrue();
    assertThat(becomes(() -> !Files.exists(bundle("c").resolve("processes/pea")))).isTrue();
  }

  // guardian.md §20 case 46
  @ParameterizedTest
  @ValueSource(strings = {"image.create", "runtime.sidecar"})
  void aSidecarThatCannotStartLeavesNothing(String step) {
    create("c");
    plugins.fail(step, 1);

    assertThatThrownBy(() -> run(PEA)).hasMessage(step + " failed");

    assertThat(plugins.leftovers()).noneMatch(l -> l.endsWith("pea"));
    run(PEA);
  }

  @Test
  void aSidecarThatCannotBeRemovedKeepsItsNameUntilItsContainerGoes() {
    create("c");
    RunningProcess process = run(PEA);
    plugins.fail("image.delete", 1);

    fake(process).exit.complete(0L);

    assertThat(becomes(() -> plugins.callsOf("pea").contains("image.delete"))).isTrue();
    assertThatThrownBy(() -> create("PEA")).hasMessage("Handle 'PEA' already in use");
    destroy("c");
    assertThat(plugins.leftovers()).isEmpty();
    create("PEA");
  }

  // guardian.md §20 case 47
  @Test
  void aSidecarsUserIsANameOrTheSuperuser() throws IOException {
    create("c");

    assertThat(userOfSidecar("vcap")).isEqualTo("vcap");
    assertThat(userOfSidecar("0:0")).isEmpty();
    assertThat(userOfSidecar("1:2")).as("Windows refuses it").isEqualTo("1:2");
    assertThatThrownBy(() -> userOfSidecar("a:b"))
        .hasMessage("parse-user: 'a:b' is not a valid uid:gid");
  }

  private String userOfSidecar(String user) throws IOException {
    RunningProcess process =
        run("{\"path\":\"x\",\"user\":\"" + user + "\",\"image\":{\"uri\":\"u\"}}");
    OciSpec config =
        OciJson.read(
            Files.readString(
                bundle("c").resolve("processes").resolve(process.id()).resolve("config.json")),
            OciSpec.class);
    return there(config.process()).user().username();
  }

  @Test
  void aSidecarsIdIsNobodyElsesNameInTheCell() {
    create("c");
    create("other");

    assertThatThrownBy(() -> run("{\"id\":\"Other\",\"path\":\"x\",\"image\":{\"uri\":\"u\"}}"))
        .hasMessage("process ID 'Other' already in use");
    run(PEA);
    assertThatThrownBy(() -> get("other").run(process(PEA)))
        .hasMessage("process ID 'pea' already in use");
    assertThatThrownBy(() -> create("pea")).hasMessage("Handle 'pea' already in use");
    assertThat(plugins.leftovers()).contains("volume other", "system other", "volume pea");
  }

  @Test
  void aSidecarCountsInItsContainersFiguresAndHasItsOwn() {
    create("c");
    run(PEA);

    assertThat(get("c").metrics().memory().totalUsageTowardLimit()).isEqualTo(2 * 777);
    var own = gardener.metrics(io.gardencell.api.Handle.parse("pea"));
    assertThat(own.memory().totalUsageTowardLimit()).isEqualTo(777);
    assertThat(own.age()).isPositive();
    assertThat(there(gardener.bulkMetrics(java.util.List.of("pea")).get("pea")).err()).isNull();
  }

  // guardian.md §20 case 48
  @Test
  void stopAsksFirstAndKillsWhatStays() throws Exception {
    create("c");
    RunningProcess polite = run("{\"id\":\"polite\",\"path\":\"x\"}");
    RunningProcess deaf = run("{\"id\":\"deaf\",\"path\":\"x\"}");
    fake(polite).statusWhenAsked = 5;

    get("c").stop(false);

    assertThat(polite.exited().get()).isEqualTo(5);
    assertThat(fake(polite).killed).isNotDone();
    assertThat(fake(deaf).asked).isDone();
    assertThat(deaf.exited().get()).isEqualTo(137);
    assertThat(get("c").info().state()).isEqualTo("stopped");
    assertThat(plugins.systems).as("init goes on").containsKey("c");
    run("{\"path\":\"x\"}");
  }

  // guardian.md §20 case 48
  @Test
  void stopWithKillAsksNobody() throws Exception {
    create("c");
    RunningProcess process = run("{\"path\":\"x\"}");

    get("c").stop(true);

    assertThat(fake(process).asked).isNotDone();
    assertThat(process.exited().get()).isEqualTo(137);
  }

  @Test
  void stopSaysWhenAProcessDoesNotEnd() {
    create("c");
    fake(run("{\"path\":\"x\"}")).statusWhenKilled = -1;

    assertThatThrownBy(() -> get("c").stop(true)).hasMessage("stop: processes of c did not end");
    assertThat(get("c").info().state()).isEqualTo("active");
  }

  // guardian.md §20 case 49
  @Test
  void runningOutOfMemoryIsAnEvent() {
    create("c");

    plugins.tell(new ContainerEvent("c", ContainerEvent.OUT_OF_MEMORY));
    plugins.tell(new ContainerEvent("unknown", ContainerEvent.OUT_OF_MEMORY));

    assertThat(becomes(() -> get("c").info().events() != null)).isTrue();
    assertThat(get("c").info().events()).containsExactly("Out of memory");
  }

  @Test
  void aProcessWhoseEndWasNotSeenIsLookedForAgain() throws Exception {
    create("c");
    RunningProcess process = run("{\"id\":\"p\",\"path\":\"x\"}");
    FakeContainerProcess lost = fake(process);
    plugins.processes.put(lost.pid(), new FakeContainerProcess(lost.pid()));

    lost.exit.completeExceptionally(new IllegalStateException("service lost"));

    assertThat(becomes(() -> plugins.callsOf("c").contains("runtime.attach"))).isTrue();
    assertThat(becomes(() -> java.util.List.of("p").equals(get("c").info().processIds()))).isTrue();
    there(plugins.processes.get(lost.pid())).exit.complete(9L);
    assertThat(becomes(() -> get("c").info().processIds() == null)).isTrue();
  }
}
