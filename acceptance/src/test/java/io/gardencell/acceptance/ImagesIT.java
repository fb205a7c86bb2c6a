package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gardencell.api.BandwidthLimits;
import io.gardencell.api.ContainerInfo;
import io.gardencell.api.ContainerSpec;
import io.gardencell.api.CpuLimits;
import io.gardencell.api.DiskLimits;
import io.gardencell.api.GardenException;
import io.gardencell.api.ImageRef;
import io.gardencell.api.Limits;
import io.gardencell.api.MappedPort;
import io.gardencell.api.MemoryLimits;
import io.gardencell.api.NetIn;
import io.gardencell.api.PidLimits;
import io.gardencell.api.ProcessSpec;
import io.gardencell.client.ProcessOutput;
import io.gardencell.client.RemoteContainer;
import io.gardencell.client.RemoteProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers made of images, on a socket, with the real modules. */
class ImagesIT {

  private static final String LONG =
      String.join("/", Collections.nCopies(8, "a-directory-with-a-name-of-forty-letters"))
          + "/a-file-below-a-path-of-more-than-260-letters.txt";
  private static final String UNICODE = "ünïcødé – 日本語 🎈.txt";

  private static GardenDaemon daemon;

  @BeforeAll
  static void start() throws IOException {
    daemon = GardenDaemon.inProcess();
  }

  @AfterAll
  static void stop() throws IOException {
    daemon.close();
  }

  private static String threeLayers(Path directory) throws IOException {
    return new OciLayout(directory, "FROM_IMAGE=yes", "PATH=C:\\Windows\\System32")
        .layer(
            new Tar()
                .file("Files/app/replaced.txt", "of the first layer")
                .file("Files/app/first.txt", "of the first layer"))
        .layer(
            new Tar()
                .file("Files/app/replaced.txt", "of the second layer")
                .file("Files/app/" + LONG, "at the end of a long path"))
        .layer(new Tar().file("Files/app/" + UNICODE, "bálint"))
        .write();
  }

  @Test
  void aContainerOfThreeLayersHasWhatItsSpecSays(@TempDir Path directory) throws IOException {
    Limits limits =
        new Limits(
            BandwidthLimits.NONE,
            new CpuLimits(128, 0),
            new DiskLimits(0, 0, 0, 50_000_000, 0),
            new MemoryLimits(256 << 20),
            PidLimits.NONE);
    ContainerSpec spec =
        new ContainerSpec(
            "three-layers",
            Duration.ZERO,
            "",
            new ImageRef(threeLayers(directory), "", ""),
            List.of(),
            "",
            Map.of("owner", "me", "key/with ünïcode", "välue"),
            List.of("FROM_SPEC=also"),
            false,
            limits,
            List.of(),
            List.of(new NetIn(0, 8080), new NetIn(0, 9090)));

    RemoteContainer container = daemon.client().create(spec);

    ContainerInfo info = container.info();
    assertThat(info.state()).isEqualTo("active");
    assertThat(info.containerIp()).startsWith("172.30.");
    assertThat(info.properties())
        .containsEntry("owner", "me")
        .containsEntry("key/with ünïcode", "välue")
        .containsEntry("garden.state", "created");
    assertThat(info.mappedPorts())
        .extracting(MappedPort::containerPort)
        .containsExactly(8080L, 9090L);
    assertThat(info.mappedPorts()).extracting(MappedPort::hostPort).doesNotHaveDuplicates();
    assertThat(container.memoryLimits()).isEqualTo(new MemoryLimits(256 << 20));
    assertThat(container.cpuLimits()).isEqualTo(new CpuLimits(0, 128));
    assertThat(container.diskLimits().byteHard()).isIn(0L, 50_000_000L);
    assertThat(filesOf(container, "C:\\app\\"))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "first.txt",
                "of the first layer",
                "replaced.txt",
                "of the second layer",
                LONG,
                "at the end of a long path",
                UNICODE,
                "bálint"));
    ProcessOutput output;
    try (RemoteProcess process =
        container.run(
            ProcessSpec.of("sh", "-c", "echo \"$FROM_IMAGE $FROM_SPEC\"; cat \"$1\"", "sh", UNICODE)
                .withDir("C:\\app"))) {
      output = process.readToEnd(Duration.ofSeconds(30));
    }
    assertThat(output.stderrText()).isEmpty();
    assertThat(output.stdoutText()).isEqualTo("yes also\nbálint");
    container.destroy();
  }

  @Test
  void whatAContainerWritesStaysInThatContainer(@TempDir Path directory) throws IOException {
    String image = threeLayers(directory);
    RemoteContainer first = daemon.client().create(spec("writes-1", image));
    RemoteContainer second = daemon.client().create(spec("writes-2", image));

    try (RemoteProcess process =
        first.run(
            ProcessSpec.of("sh", "-c", "echo mine >> first.txt; rm replaced.txt; echo x > new")
                .withDir("C:\\app"))) {
      assertThat(process.readToEnd(Duration.ofSeconds(30)).exitStatus()).isZero();
    }

    assertThat(filesOf(first, "C:\\app\\"))
        .containsEntry("first.txt", "of the first layermine\n")
        .containsEntry("new", "x\n")
        .doesNotContainKey("replaced.txt");
    assertThat(filesOf(second, "C:\\app\\"))
        .containsEntry("first.txt", "of the first layer")
        .containsEntry("replaced.txt", "of the second layer")
        .doesNotContainKey("new");
    first.destroy();
    second.destroy();
  }

  @Test
  void whatAnUpperLayerRemovesIsGone(@TempDir Path directory) throws IOException {
    String image =
        new OciLayout(directory)
            .layer(
                new Tar()
                    .file("Files/app/removed.txt", "of the first layer")
                    .file("Files/app/tree/below.txt", "of the first layer")
                    .file("Files/app/kept.txt", "of the first layer"))
            .layer(new Tar().file("Files/app/.wh.removed.txt", "").file("Files/app/.wh.tree", ""))
            .write();

    RemoteContainer container = daemon.client().create(spec("whiteouts", image));

    assertThat(filesOf(container, "C:\\app\\"))
        .containsOnly(Map.entry("kept.txt", "of the first layer"));
    container.destroy();
  }

  @Test
  void anImageOfAnotherToolWorksToo(@TempDir Path directory) throws Exception {
    assumeTrue(isInstalled("umoci"), "umoci is not installed");
    String image = directory.resolve("layout") + ":latest";
    String bundle = directory.resolve("bundle").toString();
    tool("umoci", "init", "--layout", directory.resolve("layout").toString());
    tool("umoci", "new", "--image", image);
    tool("umoci", "unpack", "--rootless", "--image", image, bundle);
    Path app = Files.createDirectories(Path.of(bundle, "rootfs", "app"));
    Files.writeString(app.resolve("kept.txt"), "kept");
    Files.writeString(app.resolve("removed.txt"), "removed");
    tool("umoci", "repack", "--refresh-bundle", "--image", image, bundle);
    Files.writeString(app.resolve("more.txt"), "more");
    tool("umoci", "repack", "--refresh-bundle", "--image", image, bundle);
    Files.delete(app.resolve("removed.txt"));
    tool("umoci", "repack", "--refresh-bundle", "--image", image, bundle);
    tool("umoci", "config", "--image", image, "--os", "windows");
    tool("umoci", "gc", "--layout", directory.resolve("layout").toString());

    RemoteContainer container =
        daemon.client().create(spec("by-umoci", "oci://" + directory.resolve("layout")));

    assertThat(filesOf(container, "C:\\app\\"))
        .containsExactlyInAnyOrderEntriesOf(Map.of("kept.txt", "kept", "more.txt", "more"));
    container.destroy();
  }

  @Test
  void aBlobThatIsNotWhatItsDigestSaysIsRefusedAndNothingIsLeft(@TempDir Path directory)
      throws IOException {
    // Of its own, since a layer that is in the store is not read again.
    String image = new OciLayout(directory).layer(new Tar().file("Files/own", "own")).write();
    List<Path> blobs;
    try (var all = Files.list(directory.resolve("blobs/sha256"))) {
      blobs = all.toList();
    }
    assertThat(blobs).hasSize(3);
    for (Path blob : blobs) {
      byte[] bytes = Files.readAllBytes(blob);
      byte[] corrupt = bytes.clone();
      corrupt[corrupt.length / 2] ^= 1;
      Files.write(blob, corrupt);

      assertThatThrownBy(() -> daemon.client().create(spec("corrupt", image)))
          .isInstanceOf(GardenException.class);

      Files.write(blob, bytes);
    }
    assertThat(daemon.client().handles(Map.of("garden.state", "all"))).doesNotContain("corrupt");
  }

  private static ContainerSpec spec(String handle, String image) {
    ContainerSpec bare = ContainerSpec.ofHandle(handle);
    return new ContainerSpec(
        handle,
        Duration.ZERO,
        "",
        new ImageRef(image, "", ""),
        bare.bindMounts(),
        "",
        bare.properties(),
        bare.env(),
        false,
        Limits.NONE,
        bare.netOut(),
        bare.netIn());
  }

  private static Map<String, String> filesOf(RemoteContainer container, String source)
      throws IOException {
    Map<String, String> files = new HashMap<>();
    Tar.files(container.streamOut(source, ""))
        .forEach(
            (name, bytes) ->
                files.put(
                    name.replaceFirst("^\\./", ""), new String(bytes, StandardCharsets.UTF_8)));
    return files;
  }

  private static boolean isInstalled(String program) {
    for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
      if (Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }

  private static void tool(String... command) throws Exception {
    Process process = new ProcessBuilder(new ArrayList<>(List.of(command))).inheritIO().start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
  }
}
