package io.gardencell.server.gardener;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.spi.ListedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a daemon that died between the start of a process and its record leaves behind. */
class UnrecordedProcessesTest extends GardenerTest {

  private static final Instant BEGUN = Instant.parse("2026-01-02T03:04:05Z");
  private static final long STRAY = 9001;

  private Path begin(String id, String content) throws IOException {
    Path directory = Files.createDirectories(bundle("c").resolve("processes").resolve(id));
    Path document = Files.writeString(directory.resolve("spec.json"), content);
    Files.setLastModifiedTime(document, FileTime.from(BEGUN));
    return directory;
  }

  private static String document(String program) {
    return "{\"args\":[\"" + program.replace("\\", "\\\\") + "\",\"x\"],\"cwd\":\"/\"}";
  }

  private FakeContainerProcess runs(long pid) {
    FakeContainerProcess process = new FakeContainerProcess(pid);
    plugins.processes.put(pid, process);
    return process;
  }

  @ParameterizedTest
  @CsvSource({
    "app, app.exe, 0, true",
    "C:\\x\\App.exe, app.exe, 3000, true",
    "/usr/bin/sleep, sleep, 0, true",
    "C:\\run.bat, cmd.exe, 10, true",
    "app, other.exe, 0, false",
    "app, app.exe, -1, false",
    "app, app.exe, 10000, false",
    "'', app.exe, 0, false"
  })
  void aProcessOfThatProgramAndMomentIsEnded(
      String program, String image, long millisAfter, boolean isEnded) throws IOException {
    create("c");
    gardener.close();
    Path directory = begin("stray", document(program));
    FakeContainerProcess stray = runs(STRAY);
    plugins.listed.put(
        "c", List.of(new ListedProcess(STRAY, image, BEGUN.plusMillis(millisAfter))));

    restart();

    assertThat(stray.exit.isDone()).isEqualTo(isEnded);
    assertThat(directory).doesNotExist();
    assertThat(get("c").info().processIds()).isNull();
  }

  @Test
  void aProcessThatIsRecordedAndWhatItStartsLaterAreLeftAlone() throws IOException {
    long recorded = create("c").run(process("{\"id\":\"p\",\"path\":\"app\"}")).pid();
    gardener.close();
    begin("one", document("app"));
    begin("two", "{\"args\":");
    FakeContainerProcess stray = runs(STRAY);
    FakeContainerProcess child = runs(STRAY + 1);
    plugins.listed.put(
        "c",
        List.of(
            new ListedProcess(STRAY + 1, "app.exe", BEGUN.plusMillis(9)),
            new ListedProcess(recorded, "app.exe", BEGUN),
            new ListedProcess(STRAY, "app.exe", BEGUN.plusMillis(8))));

    restart();

    assertThat(stray.exit).isDone();
    assertThat(child.exit).isNotDone();
    assertThat(there(plugins.processes.get(recorded)).exit).isNotDone();
    assertThat(get("c").info().processIds()).containsExactly("p");
    assertThat(Files.list(bundle("c").resolve("processes")).map(Path::getFileName))
        .containsExactly(Path.of("p"));
  }

  @Test
  void aListThatCannotBeHadIsAskedForAgain() throws IOException {
    create("c");
    gardener.close();
    Path directory = begin("stray", document("app"));
    FakeContainerProcess stray = runs(STRAY);
    plugins.listed.put("c", List.of(new ListedProcess(STRAY, "app.exe", BEGUN)));
    plugins.fail("runtime.processes", 2);

    restart();

    assertThat(becomes(stray.exit::isDone)).isTrue();
    assertThat(becomes(() -> !Files.exists(directory))).isTrue();
  }

  @Test
  void aContainerWithoutOneIsTakenUpWithoutAskingTheHost() throws IOException {
    create("c").run(process("{\"id\":\"p\",\"path\":\"app\"}"));
    plugins.calls.clear();

    restart();

    assertThat(plugins.callsOf("c")).containsExactly("runtime.attach");
  }
}
