package io.gardencell.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.gardencell.server.flag.Flags;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator sees of a start, above all of one that fails. */
class MainTest {

  private Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void make(@TempDir Path temporary) {
    directory = temporary;
  }

  @AfterEach
  void quietAgain() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext loggers) {
      loggers.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    }
  }

  private OptionalInt run(String... arguments) {
    try (PrintStream o = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream e = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      return Main.run(Arrays.asList(arguments), o, e);
    }
  }

  private String dataDir() {
    return "--data-dir=" + directory.resolve("data");
  }

  @Test
  void helpNamesEveryFlagAndSucceeds() {
    assertThat(run("--help")).hasValue(0);

    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains(Flags.all().stream().map(flag -> "--" + flag.name()).toList());
    assertThat(err.size()).isZero();
  }

  // guardian.md §20 case 61
  @Test
  void theVersionIsOneLine() {
    assertThat(run("-v")).hasValue(0);

    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
  }

  @Test
  void setupHasNothingToDo() {
    assertThat(run("setup", dataDir())).hasValue(0);
    assertThat(directory.resolve("data")).doesNotExist();
  }

  @Test
  void flagsThatAreWrongAreListedOnce() {
    assertThat(run("--bind-port=x", "--mtu=y")).hasValue(1);

    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .containsExactlyInAnyOrder(
            "garden-server: --bind-port: 'x' (expected: a number from 0 to 65535)",
            "garden-server: --mtu: 'y' (expected: a whole number)");
  }

  @Test
  void aPortInUseIsNamedAndNothingStaysOpen() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = "--bind-port=" + taken.getLocalPort();

      assertThat(run(port, dataDir())).hasValue(1);

      assertThat(err.toString(StandardCharsets.UTF_8))
          .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort());
    }
    // The directory was let go: the next one can have it.
    try (DataDirectory mine = DataDirectory.take(directory.resolve("data"))) {
      assertThat(mine.path()).isDirectory();
    }
  }

  @Test
  void aDataDirectoryThatCannotBeIsNamed() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    assertThat(run("--data-dir=" + file.resolve("data"), "--bind-port=0")).hasValue(1);

    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("garden-server: --data-dir: '" + file.resolve("data") + "' cannot be written");
  }

  @Test
  void aDataDirectoryHasOneDaemonAtATime() throws IOException {
    try (DataDirectory mine = DataDirectory.take(directory.resolve("data"))) {
      assertThat(run(dataDir(), "--bind-port=0")).hasValue(1);

      assertThat(err.toString(StandardCharsets.UTF_8))
          .contains("'" + mine.path() + "' is in use by another daemon");
    }
  }

  // guardian.md §20 case 60
  @Test
  void aDepotThatIsGivenMustExist() {
    Path none = directory.resolve("none");

    assertThat(run(dataDir(), "--bind-port=0", "--depot=" + none)).hasValue(1);

    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("--depot: '" + none + "' (expected: an existing directory)");
  }

  @Test
  void anUnknownHostNamesThoseThereAre() {
    assertThat(run(dataDir(), "--bind-port=0", "--host=cloud")).hasValue(1);

    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("'cloud'")
        .contains(List.of("emulated", "hcs"));
  }

  @Test
  void aFileInTheWayOfTheSocketIsNotRemoved() throws IOException {
    Path file = Files.writeString(directory.resolve("precious"), "kept");

    assertThat(run(dataDir(), "--bind-socket=" + file)).hasValue(1);

    assertThat(err.toString(StandardCharsets.UTF_8)).contains("is not a socket");
    assertThat(file).hasContent("kept");
  }

  @Test
  void aNetworkConfigurationThatIsWrongIsNamedWithItsFile() throws IOException {
    Path file = Files.writeString(directory.resolve("interface.json"), "{\"mtu\":\"many\"}");

    assertThat(run(dataDir(), "--bind-port=0", "--network-config=" + file)).hasValue(1);
    assertThat(run(dataDir(), "--network-plugin-extra-arg=--configFile=" + file)).hasValue(1);

    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .hasSize(2)
        .allMatch(line -> line.contains("network configuration '" + file + "'"));
  }

  @Test
  void anImageConfigurationThatIsWrongIsNamed() throws IOException {
    Path file = Files.writeString(directory.resolve("groot.yml"), "insecure_registries: {}{");

    assertThat(
            run(
                dataDir(),
                "--bind-port=0",
                "--image-plugin-extra-arg=--config",
                "--image-plugin-extra-arg=" + file))
        .hasValue(1);

    assertThat(err.toString(StandardCharsets.UTF_8))
        .startsWith("garden-server: ")
        .contains("config");
  }

  @Test
  void cleanupEndsByItself() {
    assertThat(run("cleanup", dataDir())).hasValue(0);

    assertThat(directory.resolve("data/depot")).isEmptyDirectory();
  }
}
