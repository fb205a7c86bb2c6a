package io.gardencell.runtime.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.runtime.FakeHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WincCommandTest {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @SuppressWarnings("NullAway.Init")
  private FakeHost fake;

  @SuppressWarnings("NullAway.Init")
  private FakeSurroundings around;

  @BeforeEach
  void open() {
    fake = new FakeHost(directory.resolve("proc"));
    around = new FakeSurroundings(fake::host, directory);
  }

  @Test
  void withoutArgumentsItPrintsHelp() {
    assertThat(winc()).isZero();
    assertThat(around.out())
        .startsWith("NAME:")
        .contains("winc.exe - Open Container Initiative runtime for Windows");
  }

  @Test
  void unknownFlagsAndCommandsAreToldAsTheReferenceDoes() {
    assertThat(winc("--nonexistent")).isEqualTo(1);
    assertThat(around.err()).contains("flag provided but not defined: -nonexistent");
    assertThat(winc("bogus")).isEqualTo(3);
    assertThat(around.err()).contains("No help topic for 'bogus'");
    assertThat(winc("create")).isEqualTo(1);
    assertThat(around.err()).endsWith("\"create\" requires exactly 1 argument(s)\n");
    assertThat(winc("run", "c1", "--detach")).isEqualTo(1);
  }

  @Test
  void stateOfAnUnknownContainerFailsAndIsLogged() throws IOException {
    Path log = directory.resolve("new/x.log");

    assertThat(winc("--log", log.toString(), "state", "nope")).isEqualTo(1);

    assertThat(around.err()).isEqualTo("container not found: nope\n");
    assertThat(Files.readString(log))
        .startsWith("{\"level\":\"error\",\"msg\":\"container not found: nope\",\"time\":\"");
  }

  @Test
  void createStartStateDeleteWalkThroughTheStates() throws IOException {
    String bundle = bundle().toString();

    assertThat(winc("create", "c1", "-b", bundle)).isZero();
    assertThat(winc("state", "c1")).isZero();
    assertThat(around.out())
        .isEqualTo(
            "{\n  \"ociVersion\": \"1.2.1\",\n  \"id\": \"c1\",\n  \"status\": \"created\",\n  \"bundle\": \"%s\"\n}"
                .formatted(bundle));
    Path pidFile = directory.resolve("pid");
    assertThat(winc("start", "--pid-file", pidFile.toString(), "c1")).isZero();
    assertThat(pidFile).hasContent("101");
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

    assertThat(winc("run", "-d", "-b", bundle().toString(), "c1")).isEqualTo(1);

    assertThat(around.err()).isEqualTo("error setting mount point: Access is denied.\n");
    assertThat(fake.systems).isEmpty();
    assertThat(directory.resolve("state/c1")).doesNotExist();
  }

  @Test
  void eventsPrintStatisticsOnlyWhenAsked() throws IOException {
    assertThat(winc("run", "-d", "-b", bundle().toString(), "c1")).isZero();
    assertThat(winc("events", "c1")).isZero();
    assertThat(around.out.size()).isZero();
    assertThat(winc("events", "--stats", "c1")).isZero();
    assertThat(around.out())
        .contains("\"total\": 12300", "\"total_rss\": 52428800", "\"current\": 1");
  }

  @Test
  void execWithoutArgumentsNamesTheFinding() {
    assertThat(winc("exec", "c1")).isEqualTo(1);
    assertThat(around.err()).isEqualTo("process config is invalid:\n\targs must not be empty\n");
  }

  private int winc(String... args) {
    String[] all = new String[args.length == 0 ? 0 : args.length + 2];
    if (all.length > 0) {
      all[0] = "--root";
      all[1] = directory.resolve("state").toString();
      System.arraycopy(args, 0, all, 2, args.length);
    }
    return around.run(all);
  }

  private Path bundle() throws IOException {
    Path bundle = Files.createDirectories(directory.resolve("depot/c1"));
    Files.writeString(
        bundle.resolve("config.json"),
        "{\"ociVersion\":\"1.2.1\",\"process\":{\"args\":[\"init\"],\"cwd\":\"/\"},"
            + "\"root\":{\"path\":\"vol\"},\"windows\":{\"layerFolders\":[\"C:\\\\l\\\\top\"]}}");
    return bundle;
  }
}
