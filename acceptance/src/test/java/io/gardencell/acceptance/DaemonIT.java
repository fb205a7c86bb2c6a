package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.api.ContainerSpec;
import io.gardencell.api.GardenException;
import io.gardencell.api.ProcessSpec;
import io.gardencell.client.GardenClient;
import io.gardencell.client.RemoteContainer;
import io.gardencell.client.RemoteProcess;
import io.gardencell.server.Daemon;
import io.gardencell.server.flag.ServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What flags do to the whole daemon. */
class DaemonIT {

  private static ContainerSpec privileged(String handle) {
    ContainerSpec bare = ContainerSpec.ofHandle(handle);
    return new ContainerSpec(
        handle,
        Duration.ZERO,
        "",
        bare.image(),
        List.of(),
        "",
        Map.of(),
        List.of(),
        true,
        bare.limits(),
        List.of(),
        List.of());
  }

  @Test
  void policiesAreThoseOfTheFlags() throws IOException {
    try (GardenDaemon daemon =
        GardenDaemon.inProcess(
            "--max-containers=1",
            "--disable-privileged-containers",
            "--external-ip=192.0.2.7",
            "--default-grace-time=1h",
            "--bind-port=0")) {
      GardenClient client = daemon.client();

      assertThat(client.capacity().maxContainers()).isEqualTo(1);
      assertThatThrownBy(() -> client.create(privileged("privileged")))
          .isInstanceOf(GardenException.class)
          .hasMessage("privileged container creation is disabled");
      RemoteContainer only = client.create(ContainerSpec.ofHandle("only"));
      assertThat(only.info().externalIp()).isEqualTo("192.0.2.7");
      assertThat(only.property("garden.grace-time")).isEqualTo("3600000000000");
      assertThatThrownBy(() -> client.create(ContainerSpec.ofHandle("more")))
          .isInstanceOf(GardenException.class)
          .hasMessage("max containers reached");
    }
  }

  // guardian.md §20 case 43: attach can write after the client of the run has left
  @Test
  void inputThatIsKeptGoesOnWithTheNextClient() throws IOException {
    try (GardenDaemon daemon = GardenDaemon.inProcess("--stdin-on-disconnect=keep")) {
      RemoteContainer container = daemon.client().create(ContainerSpec.ofHandle("kept"));
      String id;
      try (RemoteProcess ran =
          container.run(ProcessSpec.of("sh", "-c", "read a; read b; echo $b"))) {
        id = ran.id();
        ran.stdin().write("one\n".getBytes(StandardCharsets.UTF_8));
        ran.stdin().flush();
      }
      try (RemoteProcess attached = container.attach(id)) {
        attached.stdin().write("two\n".getBytes(StandardCharsets.UTF_8));
        attached.stdin().flush();

        assertThat(attached.readToEnd(Duration.ofSeconds(30)).stdoutText()).isEqualTo("two\n");
      }
    }
  }

  // garden-api.md §6.5: the reference's behaviour on demand
  @Test
  void withOverflowDropNoReaderHoldsAProcessBack() throws IOException {
    try (GardenDaemon daemon = GardenDaemon.inProcess("--output-overflow=drop")) {
      RemoteContainer container = daemon.client().create(ContainerSpec.ofHandle("drop"));
      try (RemoteProcess process =
          container.run(ProcessSpec.of("head", "-c", "64000000", "/dev/zero"))) {
        InputStream stdout = process.stdout();
        assertThat(stdout.read()).isZero();

        assertThat(process.waitFor(Duration.ofSeconds(30))).hasValue(0);
        assertThat(stdout.readAllBytes().length).isBetween(1 << 20, 32_000_000);
      }
    }
  }

  @Test
  void aUnixSocketIsServedAndRemoved(@TempDir Path directory) throws IOException {
    Path socket = directory.resolve("garden.sock");
    ServerOptions options =
        ServerOptions.parse("--bind-socket=" + socket, "--data-dir=" + directory.resolve("data"));
    try (Daemon daemon = Daemon.start(options)) {
      GardenClient client = GardenClient.unix(socket);
      client.ping();
      client.create(ContainerSpec.ofHandle("by-socket")).destroy();
      assertThat(client.handles()).isEmpty();
      assertThatThrownBy(daemon::port).isInstanceOf(IllegalStateException.class);
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void aDepotAndAStoreElsewhereAreUsed(@TempDir Path directory) throws IOException {
    Path depot = Files.createDirectory(directory.resolve("depot"));
    Path store = directory.resolve("store");
    try (GardenDaemon daemon =
        GardenDaemon.inProcess(
            "--depot=" + depot,
            "--image-plugin-extra-arg=--driver-store",
            "--image-plugin-extra-arg=" + store,
            "--runtime-plugin-extra-arg=--root=" + directory.resolve("states"),
            "--runtime-plugin-extra-arg=--mount-root=" + directory.resolve("mounts"))) {
      daemon.client().create(ContainerSpec.ofHandle("elsewhere"));

      assertThat(depot.resolve("elsewhere/config.json")).isRegularFile();
      assertThat(store.resolve("volumes/elsewhere")).isDirectory();
      assertThat(directory.resolve("states/elsewhere")).isDirectory();
      assertThat(directory.resolve("mounts")).isNotEmptyDirectory();
      assertThat(daemon.dataDir().resolve("groot")).doesNotExist();
    }
  }

  // winc-runtime.md §12: in the server as with the command
  @Test
  void aCredentialSpecReachesTheHostUnlessItsFilesAreWrong(@TempDir Path directory)
      throws IOException {
    Path spec = Files.writeString(directory.resolve("spec.json"), "{\"CmsPlugins\":[\"x-gmsa\"]}");
    Path credHub = Files.writeString(directory.resolve("credhub.json"), "{}");
    try (GardenDaemon daemon =
        GardenDaemon.inProcess(
            "--runtime-plugin-extra-arg=--credential-spec=" + spec,
            "--runtime-plugin-extra-arg=--config-file=" + credHub)) {
      daemon.client().create(ContainerSpec.ofHandle("joined"));

      try (Stream<Path> files = Files.walk(daemon.dataDir().resolve("emulator"))) {
        assertThat(files.filter(file -> file.toString().endsWith(".json")))
            .anySatisfy(file -> assertThat(file).content().contains("Credentials", "x-gmsa"));
      }
    }

    Files.writeString(credHub, "{\"uaa_credhub_client_secret\":7}");
    assertThatThrownBy(
            () -> GardenDaemon.inProcess("--runtime-plugin-extra-arg=--config-file=" + credHub))
        .hasMessageContaining(
            "config-file: uaa_credhub_client_secret: NUMBER (expected: a string)");
  }

  // winc-runtime.md §17.37
  @Test
  void aMountThatIsAFileIsToldInTheContainersInfo(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("note"), "x");
    ContainerSpec spec =
        new ObjectMapper()
            .readValue(
                "{\"handle\":\"noted\",\"bind_mounts\":[{\"src_path\":\"%s\",\"dst_path\":\"/note\"}]}"
                    .formatted(file),
                ContainerSpec.class);
    try (GardenDaemon daemon = GardenDaemon.inProcess()) {
      assertThat(daemon.client().create(spec).info().events())
          .containsExactly("mount is not a directory and was ignored: " + file);
    }
  }
}
