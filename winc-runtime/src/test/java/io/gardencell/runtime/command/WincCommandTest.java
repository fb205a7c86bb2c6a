package io.gardencell.runtime.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.runtime.FakeProgram;
import io.gardencell.runtime.RuntimeTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WincCommandTest extends RuntimeTest {

  private final FakeSurroundings around = new FakeSurroundings(fake::host, directory);

  WincCommandTest(@TempDir Path directory) {
    super(directory);
  }

  // winc-runtime.md §18 cases 13 and 55
  @Test
  void stateOfAnUnknownContainerFailsAndIsLogged() throws IOException {
    Path log = directory.resolve("new/x.log");

    assertThat(winc("--log", log.toString(), "state", "nope")).isEqualTo(1);

    assertThat(around.err()).isEqualTo("container not found: nope\n");
    assertThat(Files.readString(log))
        .startsWith("{\"level\":\"error\",\"msg\":\"container not found: nope\",\"time\":\"");
  }

  // winc-runtime.md §18 cases 50, 53, 56 and 65, §17.33
  @Test
  void createStartStateDeleteWalkThroughTheStates() throws IOException {
    String bundle = depot.bundle("c1").toString();

    assertThat(winc("create", "c1", "-b", bundle)).isZero();
    assertThat(winc("state", "c1")).isZero();
    assertThat(around.out())
        .isEqualTo(
            "{\n  \"ociVersion\": \"1.2.1\",\n  \"id\": \"c1\",\n  \"status\": \"created\",\n  \"bundle\": \"%s\"\n}"
                .formatted(bundle));
    Path pidFile = Files.writeString(directory.resolve("pid"), "1234567 of an earlier life");
    assertThat(winc("start", "--pid-file", pidFile.toString(), "c1")).isZero();
    assertThat(pidFile).hasContent("101");
    assertThat(directory).isDirectoryNotContaining("glob:**pid.*");
    assertThat(winc("start", "c1")).isEqualTo(1);
    assertThat(around.err()).isEqualTo("cannot start a container in the running state\n");
    assertThat(winc("delete", "c1")).isZero();
    assertThat(fake.systems).isEmpty();
    assertThat(fake.mounts).isEmpty();
    assertThat(winc("delete", "c1")).isEqualTo(1);
    assertThat(winc("delete", "-f", "c1")).isZero();
  }

  @Test
  void failedRunLeavesNothing() throws IOException {
    fake.fail("SetVolumeMountPointW", 0x5);

    assertThat(winc("run", "-d", "-b", depot.bundle("c1").toString(), "c1")).isEqualTo(1);

    assertThat(around.err()).isEqualTo("error setting mount point: Access is denied.\n");
    assertThat(fake.systems).isEmpty();
    assertThat(directory.resolve("state/c1")).doesNotExist();
  }

  // winc-runtime.md §18 cases 70 and 71
  @Test
  void eventsPrintStatisticsOnlyWhenAsked() throws IOException {
    assertThat(winc("run", "-d", "-b", depot.bundle("c1").toString(), "c1")).isZero();
    assertThat(winc("events", "c1")).isZero();
    assertThat(around.out.size()).isZero();
    assertThat(winc("events", "--stats", "c1")).isZero();
    assertThat(around.out())
        .contains("\"total\": 12300", "\"total_rss\": 52428800", "\"current\": 1");
  }

  // winc-runtime.md §18 cases 11, 12 and 14
  @Test
  void aSuccessIsLoggedOnlyWhenDebugging() throws IOException {
    Path log = directory.resolve("new").resolve("x.log");

    assertThat(
            winc(
                "--log",
                log.toString(),
                "--image-store",
                "x",
                "create",
                "--no-new-keyring",
                "-b",
                depot.bundle("c1").toString(),
                "c1"))
        .isZero();
    assertThat(log).isEmptyFile();
    assertThat(around.out()).isEmpty();
    assertThat(winc("delete", "c1")).isZero();
    assertThat(
            winc(
                "--debug",
                "--log",
                log.toString(),
                "create",
                "-b",
                depot.bundle("c1").toString(),
                "c1"))
        .isZero();
    assertThat(log).content().contains("\"containerId\":\"c1\"", "\"msg\":\"creating container\"");
  }

  // winc-runtime.md §18 case 22
  @Test
  void eachSettingOfAProcessDocumentCanBeReplaced() throws IOException {
    assertThat(winc("create", "-b", depot.bundle("c1").toString(), "c1")).isZero();
    Path file =
        Files.writeString(
            directory.resolve("process.json"),
            "{\"args\":[\"a\",\"b\"],\"cwd\":\"/w\",\"env\":[\"A=1\",\"B=2\"],\"user\":{\"username\":\"u\"}}");

    assertThat(exec(file)).isEqualTo(document("a.exe b", "u", "C:\\w", Map.of("A", "1", "B", "2")));
    assertThat(exec(file, "--cwd", "/x"))
        .isEqualTo(document("a.exe b", "u", "C:\\x", Map.of("A", "1", "B", "2")));
    assertThat(exec(file, "-e", "C=3"))
        .isEqualTo(document("a.exe b", "u", "C:\\w", Map.of("C", "3")));
    assertThat(exec(file, "-u", "v"))
        .isEqualTo(document("a.exe b", "v", "C:\\w", Map.of("A", "1", "B", "2")));
    assertThat(winc("exec", "-d", "-p", file.toString(), "c1", "c", "d e")).isZero();
    assertThat(last())
        .isEqualTo(document("c.exe \"d e\"", "u", "C:\\w", Map.of("A", "1", "B", "2")));
  }

  @Test
  void theLogGoesToTheHandleThatIsInherited() {
    ByteArrayOutputStream pipe = new ByteArrayOutputStream();
    around.handles.put(0x1cL, pipe);

    assertThat(winc("--log-handle", "0x1c", "--log-format", "text", "state", "nope")).isEqualTo(1);

    assertThat(pipe.toString(StandardCharsets.UTF_8))
        .matches("time=\\S+ level=error msg=\"container not found: nope\"\n");
  }

  @Test
  void withoutARootTheStateLiesInTheDataDirectory() throws IOException {
    Path named = directory.resolve("named");
    Path inherited = directory.resolve("inherited");
    around.env = Map.of("GARDENCELL_DATA_DIR", inherited.toString());
    String bundle = depot.bundle("c1").toString();

    assertThat(around.run("--data-dir", named.toString(), "create", "-b", bundle, "c1")).isZero();
    assertThat(named.resolve("winc").resolve("c1").resolve("state.json")).isRegularFile();
    assertThat(around.run("--data-dir", named.toString(), "delete", "c1")).isZero();
    assertThat(around.run("create", "-b", bundle, "c1")).isZero();
    assertThat(inherited.resolve("winc").resolve("c1").resolve("state.json")).isRegularFile();
  }

  // winc-runtime.md §17.8
  @Test
  void volumesAreMountedWhereTheFlagSays() throws IOException {
    Path mounts = directory.resolve("elsewhere");
    String[] flag = {"--mount-root", mounts.toString()};

    assertThat(winc(flag, "run", "-d", "-b", depot.bundle("c1").toString(), "c1")).isZero();
    assertThat(fake.mounts).containsOnlyKeys(mounts.resolve("101").resolve("root"));

    assertThat(winc(flag, "delete", "c1")).isZero();
    assertThat(fake.mounts).isEmpty();
    assertThat(mounts).isEmptyDirectory();
  }

  // winc-runtime.md §18 case 43
  @Test
  void theCauseOfAProcessThatDoesNotStartIsTold() throws IOException {
    assertThat(winc("create", "-b", depot.bundle("c1").toString(), "c1")).isZero();
    Path state = directory.resolve("state").resolve("c1").resolve("state.json");
    String before = Files.readString(state);
    Map<Integer, String> causes =
        Map.of(
            HcsErrors.FILE_NOT_FOUND, "The system cannot find the file specified.",
            HcsErrors.COMMITMENT_LIMIT, "not enough memory",
            HcsErrors.INVALID_STATE,
                "The requested virtual machine or container operation is not valid in the current state.");

    causes.forEach(
        (code, text) -> {
          fake.fail("HcsCreateProcess", code);
          assertThat(winc("exec", "c1", "nope")).isEqualTo(1);
          assertThat(around.err())
              .isEqualTo(text + ": could not start command 'nope.exe' in container: c1\n");
        });

    assertThat(state).hasContent(before);
  }

  // winc-runtime.md §18 case 57
  @Test
  void aFailedStartIsRememberedOnlyIfTheProcessCouldNotBeStarted() throws IOException {
    assertThat(winc("create", "-b", depot.bundle("c1").toString(), "c1")).isZero();
    Path state = directory.resolve("state").resolve("c1").resolve("state.json");
    String created = Files.readString(state);

    fake.fail("SetVolumeMountPointW", HcsErrors.ACCESS_DENIED);
    assertThat(winc("start", "c1")).isEqualTo(1);
    assertThat(state).hasContent(created);
    fake.faults.clear();
    fake.fail("HcsCreateProcess", HcsErrors.FILE_NOT_FOUND);
    assertThat(winc("start", "c1")).isEqualTo(1);
    assertThat(state).content().contains("\"pid\":0", "\"exec_failed\":true");
    fake.faults.clear();
    assertThat(winc("state", "c1")).isZero();
    assertThat(around.out()).contains("\"status\": \"stopped\"").doesNotContain("pid");
  }

  // winc-runtime.md §18 case 44
  @Test
  void execInAnUnknownContainerSaysSo() {
    assertThat(winc("exec", "nosuch", "cmd")).isEqualTo(1);
    assertThat(around.err())
        .isEqualTo(
            "hcs::OpenComputeSystem nosuch: A virtual machine or container with the specified identifier does not exist.\n");
    assertThat(winc("events", "nosuch")).isEqualTo(1);
  }

  // winc-runtime.md §18 case 51
  @Test
  void anInterruptEndsTheProcessOnce() throws Exception {
    fake.runsPrograms = true;
    assertThat(winc("create", "-b", depot.bundle("c1").toString(), "c1")).isZero();

    CompletableFuture<Integer> code =
        CompletableFuture.supplyAsync(
            () -> winc("exec", "c1", FakeProgram.PROBE, "sleep", "20000"));
    Runnable interrupt = around.interrupts.poll(10, TimeUnit.SECONDS);
    Objects.requireNonNull(interrupt).run();
    interrupt.run();

    assertThat(code.get(10, TimeUnit.SECONDS)).isEqualTo(0xC000013A);
    assertThat(fake.calls).filteredOn(c -> c.startsWith("HcsTerminateProcess")).hasSize(1);
  }

  // winc-runtime.md §17.38
  @Test
  void aSecondInterruptEndsWhatTheFirstCouldNot() throws Exception {
    fake.runsPrograms = true;
    assertThat(winc("create", "-b", depot.bundle("c1").toString(), "c1")).isZero();
    CompletableFuture<Integer> code =
        CompletableFuture.supplyAsync(
            () -> winc("exec", "c1", FakeProgram.PROBE, "sleep", "20000"));
    Runnable interrupt = Objects.requireNonNull(around.interrupts.poll(10, TimeUnit.SECONDS));

    fake.fail("HcsTerminateProcess", HcsErrors.INVALID_STATE);
    interrupt.run();
    assertThat(code).isNotDone();
    fake.faults.clear();
    interrupt.run();

    assertThat(code.get(10, TimeUnit.SECONDS)).isEqualTo(0xC000013A);
  }

  // winc-runtime.md §18 case 78, §17.21
  @Test
  void valuesOfTheEnvironmentAreNeverLogged() throws IOException {
    Path log = directory.resolve("log");
    Path bundle = depot.bundle("c1");
    Path config = bundle.resolve("config.json");
    Files.writeString(
        config,
        Files.readString(config).replace("\"cwd\"", "\"env\":[\"SECRET=hunter2\"],\"cwd\""));
    String[] debug = {"--debug", "--log", log.toString()};

    assertThat(winc(debug, "run", "-d", "-b", bundle.toString(), "c1")).isZero();
    assertThat(winc(debug, "exec", "-d", "-e", "TOKEN=hunter2", "c1", "cmd")).isZero();
    fake.fail("HcsCreateProcess", HcsErrors.ACCESS_DENIED);
    assertThat(winc(debug, "exec", "-e", "TOKEN=hunter2", "c1", "cmd")).isEqualTo(1);

    assertThat(log).content().contains("executing process in container").doesNotContain("hunter2");
  }

  @Test
  void hcsshimsVariablesCount() throws IOException {
    around.env =
        Map.of("HCSSHIM_CREATECONTAINER_ADDITIONALJSON", "{\"HostName\":\"h\",\"X\":{\"a\":1}}");
    assertThat(winc("create", "-b", depot.bundle("c1").toString(), "c1")).isZero();
    assertThat(fake.system("c1").document.json()).contains("\"HostName\":\"h\"", "\"X\":{\"a\":1}");

    around.env = Map.of("HCSSHIM_CREATECONTAINER_ADDITIONALJSON", "[1");
    assertThat(winc("delete", "c1")).isZero();
    assertThat(winc("create", "-b", depot.bundle("c1").toString(), "c1")).isEqualTo(1);
    assertThat(around.err()).startsWith("failed to merge additional JSON '[1': ");
  }

  private ProcessDocument exec(Path file, String... flags) {
    List<String> words = new ArrayList<>(List.of("exec", "-d", "-p", file.toString()));
    words.addAll(List.of(flags));
    words.add("c1");
    assertThat(winc(words.toArray(String[]::new))).isZero();
    return last();
  }

  private ProcessDocument last() {
    return List.copyOf(fake.system("c1").processes.values())
        .get(fake.system("c1").processes.size() - 1)
        .document;
  }

  private static ProcessDocument document(
      String commandLine, String user, String cwd, Map<String, String> env) {
    return ProcessDocument.of(commandLine, user, cwd, new TreeMap<>(env), false);
  }

  private int winc(String[] flags, String... args) {
    List<String> all = new ArrayList<>(List.of(flags));
    all.addAll(List.of(args));
    return winc(all.toArray(String[]::new));
  }

  private int winc(String... args) {
    return around.winc(args);
  }
}
