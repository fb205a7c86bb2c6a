package io.gardencell.server.flag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerOptionsTest {

  private Path directory;

  @BeforeEach
  void make(@TempDir Path temporary) {
    directory = temporary;
  }

  @Test
  void withoutFlagsEverythingHasItsDefault() {
    ServerOptions options = ServerOptions.parse();

    assertThat(options.given()).isEmpty();
    assertThat(options.get(Flags.BIND_IP)).isEmpty();
    assertThat(options.get(Flags.BIND_PORT)).isEqualTo(7777);
    assertThat(options.get(Flags.BIND_SOCKET)).isEmpty();
    assertThat(options.get(Flags.READ_HEADER_TIMEOUT)).isEqualTo(Duration.ofSeconds(30));
    assertThat(options.get(Flags.STOP_TIMEOUT)).isEqualTo(Duration.ofSeconds(10));
    assertThat(options.get(Flags.DEFAULT_GRACE_TIME)).isZero();
    assertThat(options.get(Flags.MAX_CONTAINERS)).isZero();
    assertThat(options.get(Flags.OUTPUT_OVERFLOW)).isEqualTo("block");
    assertThat(options.get(Flags.LOG_LEVEL)).isEqualTo("info");
    assertThat(options.get(Flags.EXTERNAL_IP)).isEmpty();
    assertThat(options.get(Flags.DESTROY_ON_STARTUP)).isFalse();
    assertThat(options.get(Flags.RUNTIME_PLUGIN_ARGS)).isEmpty();
    assertThat(options.dataDir()).isAbsolute();
  }

  /** The command line that the reference's BOSH job renders (bosh-and-diego.md A4). */
  @Test
  void theCommandLineOfTheReferencesJobIsUnderstood() throws IOException {
    Path depot = Files.createDirectory(directory.resolve("depot"));
    Path file = Files.createFile(directory.resolve("program.exe"));

    ServerOptions options =
        ServerOptions.parse(
            "server",
            "--skip-setup",
            "--depot=" + depot,
            "--read-header-timeout=30s",
            "--log-level=info",
            "--bind-ip=0.0.0.0",
            "--bind-port=7777",
            "--max-containers=75",
            "--default-rootfs=docker://registry.example/windows/nanoserver:ltsc2019",
            "--runtime-plugin=C:\\var\\vcap\\packages\\winc\\winc.exe",
            "--image-plugin=" + file,
            "--image-plugin-extra-arg=--driver-store",
            "--image-plugin-extra-arg=C:\\var\\vcap\\data\\groot",
            "--network-plugin=" + file,
            "--nstar-bin=" + file,
            "--tar-bin=" + file,
            "--init-bin=" + file,
            "--dropsonde-origin=garden-windows",
            "--destroy-containers-on-startup",
            "--time-format=unix-epoch",
            "--cleanup-process-dirs-on-wait");

    assertThat(options.get(Flags.DEPOT)).contains(depot);
    assertThat(options.get(Flags.BIND_IP)).contains(IpAddress.parse("0.0.0.0"));
    assertThat(options.get(Flags.MAX_CONTAINERS)).isEqualTo(75);
    assertThat(options.get(Flags.IMAGE_PLUGIN_ARGS))
        .containsExactly("--driver-store", "C:\\var\\vcap\\data\\groot");
    assertThat(options.get(Flags.INIT_BIN)).contains(file);
    assertThat(options.get(Flags.DESTROY_ON_STARTUP)).isTrue();
  }

  static Stream<Flag<?>> flags() {
    return Flags.all().stream();
  }

  // guardian.md §20 case 61
  @ParameterizedTest
  @MethodSource("flags")
  void everyFlagTakesAValueOfItsKind(Flag<?> flag) throws IOException {
    String value = example(flag);

    if (flag.name().equals("containerd-socket")) {
      assertThatThrownBy(() -> ServerOptions.parse("--containerd-socket=x"))
          .hasMessageContaining("containerd is not there on Windows");
      return;
    }
    ServerOptions joined = ServerOptions.parse(written(flag, value));

    assertThat(joined.given()).containsExactly(flag);
    assertThat(joined.shown(flag)).contains(flag.isSwitch() ? "true" : value);
    if (!flag.isSwitch()) {
      assertThat(ServerOptions.parse("--" + flag.name(), value).given()).containsExactly(flag);
    }
  }

  @ParameterizedTest
  @MethodSource("flags")
  void everyFlagThatIsNotTextRefusesAValueOfAnotherKindByName(Flag<?> flag) {
    if (flag.expected().equals("text") || flag.isSwitch()) {
      return;
    }
    String bad = flag.expected().equals("a path") ? "" : "no such \u0000 value";

    assertThatThrownBy(() -> ServerOptions.parse("--" + flag.name() + "=" + bad))
        .isInstanceOf(FlagsRefused.class)
        .hasMessageContaining("--" + flag.name())
        .hasMessageContaining("expected: " + flag.expected());
  }

  // guardian.md §20 case 61
  @ParameterizedTest
  @MethodSource("flags")
  void everyFlagIsReadFromAFileAndInWindowsStyle(Flag<?> flag) throws IOException {
    if (flag.name().equals("containerd-socket")) {
      return;
    }
    String value = flag.isSwitch() ? "true" : example(flag);
    Path config =
        Files.writeString(
            directory.resolve("gdn.ini"), "[server]\n" + flag.name() + " = " + value + "\n");

    assertThat(ServerOptions.parse("--config", config.toString()).given()).containsExactly(flag);
    String windows = "/" + flag.name() + (flag.isSwitch() ? "" : ":" + value);
    assertThat(command(true, windows).options().given()).containsExactly(flag);
  }

  private String[] written(Flag<?> flag, String value) {
    return new String[] {flag.isSwitch() ? "--" + flag.name() : "--" + flag.name() + "=" + value};
  }

  private String example(Flag<?> flag) throws IOException {
    return switch (flag.expected()) {
      case "an IP address" -> "192.0.2.7";
      case "an existing file" -> {
        Path file = directory.resolve("file-" + flag.name());
        yield Files.exists(file) ? file.toString() : Files.createFile(file).toString();
      }
      case "a path" -> directory.resolve("some-path").toString();
      case "host:port" -> "127.0.0.1:99";
      case "a network such as 10.254.0.0/22" -> "10.1.0.0/16";
      case "TYPE MAJOR:MINOR ACCESS" -> "c 10:200 rwm";
      case "a duration such as 300ms or 1m30s" -> "0";
      case "text" -> "some text";
      default ->
          flag.expected().startsWith("one of ")
              ? flag.expected().substring("one of ".length()).split(", ", 2)[0]
              : "12";
    };
  }

  private static ServerOptions.Asked.Command command(boolean windows, String... arguments) {
    return (ServerOptions.Asked.Command) ServerOptions.ask(List.of(arguments), windows);
  }

  @Test
  void everythingThatIsWrongIsReportedTogether() {
    assertThatThrownBy(
            () ->
                ServerOptions.parse(
                    "--bind-ip=999.1.1.1", "--log-level=warn", "--max-container=3", "serve"))
        .isInstanceOfSatisfying(
            FlagsRefused.class,
            refused ->
                assertThat(refused.complaints())
                    .containsExactlyInAnyOrder(
                        "--bind-ip: '999.1.1.1' (expected: an IP address)",
                        "--log-level: 'warn' (expected: one of debug, info, error, fatal)",
                        "unknown flag '--max-container', did you mean --max-containers?",
                        "'serve' (expected: one of the commands server, cleanup, setup, then"
                            + " flags)"));
  }

  @ParameterizedTest
  @CsvSource({
    "--bind-port=65536, a number from 0 to 65535",
    "--bind-port=, a number from 0 to 65535",
    "--bind-port=-1, a number from 0 to 65535",
    "--max-containers=1.5, a number from 0 to 18446744073709551615",
    "--max-containers=18446744073709551616, a number from 0 to 18446744073709551615",
    "--read-header-timeout=30, a duration such as 300ms or 1m30s",
    "--init-bin=/no/such/file, an existing file",
    "--init-bin=/, an existing file",
    "--network-pool=10.0.0.0/33, a network such as 10.254.0.0/22",
    "--dropsonde-destination=localhost, host:port",
    "--output-overflow=lose, 'one of block, drop'",
    "--cpu-entitlement-per-share=much, a number"
  })
  void aBadValueIsNamedWithWhatWasExpected(String flag, String expected) {
    String[] parts = flag.split("=", 2);

    assertThatThrownBy(() -> ServerOptions.parse(flag))
        .hasMessage("%s: '%s' (expected: %s)".formatted(parts[0], parts[1], expected));
  }

  @Test
  void aFlagWithoutItsValueIsNamed() {
    assertThatThrownBy(() -> ServerOptions.parse("--bind-ip"))
        .isInstanceOf(FlagsRefused.class)
        .hasMessageContaining("--bind-ip");
  }

  @Test
  void theLargestNumberOfContainersIsUnsigned() {
    assertThat(
            ServerOptions.parse("--max-containers=18446744073709551615").get(Flags.MAX_CONTAINERS))
        .isEqualTo(-1L);
  }

  @Test
  void aPluginsArgumentMayLookLikeAFlagOfTheServer() {
    ServerOptions options = ServerOptions.parse("--image-plugin-extra-arg=--config=C:\\groot.yml");

    assertThat(options.get(Flags.IMAGE_PLUGIN_ARGS)).containsExactly("--config=C:\\groot.yml");
    assertThat(options.given()).containsExactly(Flags.IMAGE_PLUGIN_ARGS);
  }

  @Test
  void aRepeatedFlagKeepsItsOrderAndASingleOneItsLastValue() {
    ServerOptions options =
        ServerOptions.parse(
            "--dns-server=192.0.2.1",
            "--bind-port=1",
            "--dns-server=192.0.2.2",
            "--bind-port=2",
            "--runtime-plugin-extra-arg=--root",
            "--runtime-plugin-extra-arg=C:\\x y\\z");

    assertThat(options.get(Flags.BIND_PORT)).isEqualTo(2);
    assertThat(options.get(Flags.RUNTIME_PLUGIN_ARGS)).containsExactly("--root", "C:\\x y\\z");
    assertThat(options.shown(options.given().get(0))).isEqualTo("[192.0.2.1, 192.0.2.2]");
  }

  // guardian.md §20 case 61
  @Test
  void aPortPoolPastTheLastPortIsRefused() {
    assertThat(ServerOptions.parse("--port-pool-start=60000", "--port-pool-size=5535").given())
        .containsExactly(Flags.PORT_POOL_START, Flags.PORT_POOL_SIZE);
    assertThatThrownBy(() -> ServerOptions.parse("--port-pool-start=61002"))
        .hasMessageContaining(
            "invalid pool range: port_pool: New: invalid port range: startL 61002, size: 4534");
  }

  // guardian.md §20 case 61
  @Test
  void theCommandLineWinsOverTheFile() throws IOException {
    Path config =
        Files.writeString(
            directory.resolve("gdn.ini"),
            """
            ; a comment
            # another
            max-containers = 75

            [other]
            bind-port = 1
            [server]
            bind-port = 2
            default-rootfs = "oci:///C:/with space/\\"quoted\\""
            runtime-plugin-extra-arg = --root
            runtime-plugin-extra-arg = C:\\winc
            destroy-containers-on-startup = true
            """);

    ServerOptions options = ServerOptions.parse("-config", config.toString(), "--bind-port=3");

    assertThat(options.get(Flags.BIND_PORT)).isEqualTo(3);
    assertThat(options.get(Flags.MAX_CONTAINERS)).isEqualTo(75);
    assertThat(options.get(Flags.DEFAULT_ROOTFS)).isEqualTo("oci:///C:/with space/\"quoted\"");
    assertThat(options.get(Flags.RUNTIME_PLUGIN_ARGS)).containsExactly("--root", "C:\\winc");
    assertThat(options.get(Flags.DESTROY_ON_STARTUP)).isTrue();
  }

  @Test
  void whatIsWrongInTheFileIsNamed() throws IOException {
    Path config =
        Files.writeString(
            directory.resolve("gdn.ini"),
            "[server]\nnonsense\nbind-prot = 1\nskip-setup = maybe\n");

    assertThatThrownBy(() -> ServerOptions.parse("--config=" + config))
        .hasMessageContaining("gdn.ini:2: 'nonsense' (expected: [section] or name = value)")
        .hasMessageContaining("unknown flag 'bind-prot', did you mean --bind-port?")
        .hasMessageContaining("--skip-setup: 'maybe' (expected: true or false)");
    assertThatThrownBy(() -> ServerOptions.parse("--config=" + directory.resolve("none")))
        .hasMessageContaining("--config: ")
        .hasMessageContaining("cannot be read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"server", "cleanup", "setup"})
  void theFirstWordIsTheCommand(String word) {
    assertThat(command(false, word, "--bind-port=1").name()).isEqualTo(word);
    assertThat(command(false, "--bind-port=1").name()).isEqualTo("server");
  }

  @Test
  void versionAndHelpAreAskedForInEveryStyle() {
    for (String version : List.of("-v", "--version", "/v", "/version")) {
      assertThat(ServerOptions.ask(List.of(version), true))
          .isInstanceOf(ServerOptions.Asked.Version.class);
    }
    for (String help : List.of("-h", "--help", "/?", "/help")) {
      assertThat(ServerOptions.ask(List.of(help), true))
          .isInstanceOf(ServerOptions.Asked.Help.class);
    }
  }

  @Test
  void aSlashIsAPathWhereItIsNoFlag() {
    assertThat(command(false, "--default-rootfs", "/bind-ip:1").options().get(Flags.DEFAULT_ROOTFS))
        .isEqualTo("/bind-ip:1");
    assertThat(command(true, "--depot", "/var/depot").options().get(Flags.DEPOT))
        .isEqualTo(Optional.of(Path.of("/var/depot")));
  }
}
