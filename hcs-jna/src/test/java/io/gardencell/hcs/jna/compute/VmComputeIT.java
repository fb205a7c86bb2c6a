package io.gardencell.hcs.jna.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.ConsoleSignal;
import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostEndpoints;
import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.HostInterfaces;
import io.gardencell.hcs.HostNetworks;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostQuota;
import io.gardencell.hcs.HostVolumes;
import io.gardencell.hcs.LayerFile;
import io.gardencell.hcs.LayerFolder;
import io.gardencell.hcs.ScratchLayers;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import io.gardencell.hcs.document.LayerReference;
import io.gardencell.hcs.document.ModifyRequest;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.document.SystemQuery;
import io.gardencell.hcs.jna.HcsHostProvider;
import io.gardencell.hcs.jna.stdio.CompletionPort;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.NativeLibraries;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bindings on a Windows JVM, against the stand-in vmcompute.dll: run by acceptance/win64/run.sh
 * only. The property {@code gardencell.probe} names the program to run in systems, the environment
 * variable FAKEHCS_ROOT the stand-in's state.
 */
@Timeout(60)
class VmComputeIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String PROBE = System.getProperty("gardencell.probe", "probe.exe");

  private static Host host;
  private static ExecutorService executor;
  private static CompletionPort pipes;
  private static ComputeCalls calls;
  private static JnaCompute compute;
  private static HostEndpoints endpoints;
  private static HostNetworks networks;
  private static HostInterfaces interfaces;
  private static ScratchLayers layers;
  private static HostVolumes volumes;
  private static HostQuota quota;

  private final List<ComputeSystem> systems = new ArrayList<>();

  @BeforeAll
  static void load(@TempDir Path directory) {
    host = new HcsHostProvider().open(new HostOptions(directory));
    endpoints = host.endpoints();
    networks = host.networks();
    interfaces = host.interfaces();
    layers = host.scratchLayers();
    volumes = host.volumes();
    quota = host.quota();
    NativeLibraries libraries = NativeLibraries.load();
    var failures = new Failures(libraries.kernel32(), libraries.ole32());
    executor = Executors.newSingleThreadExecutor();
    pipes = new CompletionPort(libraries.kernel32(), failures);
    calls =
        new ComputeCalls(
            NativeLibraries.vmcompute(VmCompute.class),
            failures,
            new Notifications(executor),
            pipes,
            executor);
    compute = new JnaCompute(calls, new SiloJob(libraries.ntdll(), libraries.kernel32()));
  }

  @AfterAll
  static void unload() {
    pipes.close();
    executor.shutdown();
    host.close();
  }

  @AfterEach
  void endSystems() throws Exception {
    for (ComputeSystem system : systems) {
      system.terminate();
      system.exited().get(30, TimeUnit.SECONDS);
      system.close();
    }
    assertThat(calls.notifications().size()).isZero();
  }

  private static String volume() throws IOException {
    String guid = UUID.randomUUID().toString();
    Files.createDirectories(Path.of(System.getenv("FAKEHCS_ROOT"), "volumes", guid));
    return "\\\\?\\Volume{" + guid + "}\\";
  }

  private static Path contents(String volume) {
    String guid = volume.substring(volume.indexOf('{') + 1, volume.indexOf('}'));
    return Path.of(System.getenv("FAKEHCS_ROOT"), "volumes", guid);
  }

  private ComputeSystem started(String id) throws IOException {
    Path base = Files.createDirectories(Path.of(System.getenv("FAKEHCS_ROOT"), "layers", "base"));
    SystemDocument document =
        SystemDocument.container()
            .volumePath(volume())
            .layers(
                List.of(new LayerReference(host.layerImport().nameToGuid("base"), base.toString())))
            .build();
    ComputeSystem system = compute.create(id, document, LIMIT);
    systems.add(system);
    system.start(LIMIT);
    return system;
  }

  private static ProcessDocument probe(String arguments, Map<String, String> env) {
    return ProcessDocument.of(PROBE + " " + arguments, "", "C:\\", env, true);
  }

  private static String readAll(AsynchronousByteChannel channel) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocateDirect(64 * 1024);
    while (channel.read(buffer).get(30, TimeUnit.SECONDS) >= 0) {
      byte[] bytes = new byte[buffer.flip().remaining()];
      buffer.get(bytes);
      all.writeBytes(bytes);
      buffer.clear();
    }
    channel.close();
    return all.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aSystemIsCreatedStartedListedAndEnds() throws Exception {
    ComputeSystem system = started("life");

    assertThat(compute.enumerate(SystemQuery.id("life")))
        .extracting(SystemProperties::id)
        .containsExactly("life");
    assertThat(system.properties().state()).isEqualTo("Running");
    assertThatThrownBy(() -> started("life"))
        .isInstanceOfSatisfying(
            HcsException.class,
            e -> assertThat(e.code()).isEqualTo(HcsErrors.SYSTEM_ALREADY_EXISTS));
  }

  @Test
  void anUnknownSystemAndAWrongStateHaveTheirCodes() throws Exception {
    assertThatThrownBy(() -> compute.open("nosuch"))
        .isInstanceOfSatisfying(HcsException.class, e -> assertThat(e.isNotFound()).isTrue());
    ComputeSystem system = started("twice");
    assertThatThrownBy(() -> system.start(LIMIT))
        .isInstanceOfSatisfying(
            HcsException.class, e -> assertThat(e.code()).isEqualTo(HcsErrors.INVALID_STATE));
  }

  @Test
  void aProcessTakesInputGivesBothOutputsAndItsExitCode() throws Exception {
    ComputeSystem system = started("stdio");
    try (ComputeProcess process =
        system.createProcess(
            probe("env GREETING err oops cat exit 42", Map.of("GREETING", "h\u00e9")))) {
      var stdin = process.stdin().orElseThrow();
      stdin.write(ByteBuffer.wrap("over\n".getBytes(StandardCharsets.UTF_8))).get();
      stdin.close();

      assertThat(readAll(process.stdout().orElseThrow())).contains("h\u00e9").contains("over");
      assertThat(readAll(process.stderr().orElseThrow())).contains("oops");
      assertThat(process.exited().get(30, TimeUnit.SECONDS)).isEqualTo(42L);
      assertThat(process.properties().exited()).isTrue();
    }
    assertThat(pipes.size()).isZero();
  }

  @Test
  void aMegabyteOfOutputArrivesWhole() throws Exception {
    ComputeSystem system = started("large");
    try (ComputeProcess process = system.createProcess(probe("fill 1000000", Map.of()))) {
      assertThat(readAll(process.stdout().orElseThrow())).hasSize(1_000_000);
      process.stdin().orElseThrow().close();
      process.stderr().orElseThrow().close();
    }
  }

  @Test
  void aSleepingProcessIsFoundByItsPidAndKilled() throws Exception {
    ComputeSystem system = started("kill");
    try (ComputeProcess process = system.createProcess(probe("sleep 60000", Map.of()));
        ComputeProcess again = system.openProcess(process.pid())) {
      assertThat(host.processes().find(process.pid()).orElseThrow().running()).isTrue();
      assertThat(again.stdout()).isEmpty();

      again.terminate();

      assertThat(process.exited().get(30, TimeUnit.SECONDS)).isNotZero();
      process.stdin().orElseThrow().close();
      process.stdout().orElseThrow().close();
      process.stderr().orElseThrow().close();
    }
  }

  @Test
  void aProcessIsSignalled() throws Exception {
    ComputeSystem system = started("signal");
    try (ComputeProcess process = system.createProcess(probe("sleep 60000", Map.of()))) {
      assertThat(process.signal(ConsoleSignal.CTRL_C)).isTrue();

      assertThat(process.exited().get(30, TimeUnit.SECONDS)).isEqualTo(0xC000013AL);
      assertThat(process.signal(ConsoleSignal.CTRL_C)).isTrue();
      process.stdin().orElseThrow().close();
      process.stdout().orElseThrow().close();
      process.stderr().orElseThrow().close();
    }
  }

  @Test
  void aProgramThatDoesNotExistIsNotFound() throws Exception {
    ComputeSystem system = started("missing");

    assertThatThrownBy(
            () -> system.createProcess(ProcessDocument.of("nope.exe", "", "C:\\", Map.of(), true)))
        .isInstanceOfSatisfying(
            HcsException.class, e -> assertThat(e.code()).isEqualTo(HcsErrors.FILE_NOT_FOUND));
  }

  @Test
  void statisticsAndProcessListComeInOneQuery() throws Exception {
    ComputeSystem system = started("figures");

    SystemProperties properties =
        system.properties(PropertyType.STATISTICS, PropertyType.PROCESS_LIST);

    assertThat(properties.statistics()).isNotNull();
  }

  @Test
  void closingAPipeEndsAReadUnderWay() throws Exception {
    ComputeSystem system = started("cancel");
    try (ComputeProcess process = system.createProcess(probe("sleep 60000", Map.of()))) {
      var stdout = process.stdout().orElseThrow();
      var read = stdout.read(ByteBuffer.allocate(10));

      stdout.close();

      assertThatThrownBy(() -> read.get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(IOException.class);
      process.stdin().orElseThrow().close();
      process.stderr().orElseThrow().close();
    }
  }

  @Test
  void anEndpointIsMadeAttachedAndRemoved() throws Exception {
    ComputeSystem system = started("net");
    HnsNetwork network =
        networks.createNetwork(
            HnsNetwork.nat(
                "winc-nat",
                List.of(new HnsNetwork.Subnet("172.30.0.0/22", "172.30.0.1", List.of())),
                ""));
    HnsEndpoint endpoint =
        endpoints.createEndpoint(HnsEndpoint.request("net", network.id(), List.of(), ""));

    system.modify(ModifyRequest.addEndpoint(endpoint.id()));

    assertThat(endpoint.ipAddress()).startsWith("172.30.");
    assertThat(endpoints.endpoint(endpoint.id()).isAttachedTo("net")).isTrue();
    HostInterface adapter =
        interfaces.interfaces().stream()
            .filter(i -> i.name().equals("vEthernet (winc-nat)"))
            .findFirst()
            .orElseThrow();
    interfaces.setMtu(adapter, 1400);
    assertThat(interfaces.mtu(adapter)).isEqualTo(1400);
    assertThat(endpoints.statistics(endpoint.id()).bytesReceived()).isNotNegative();
    system.modify(ModifyRequest.removeEndpoint(endpoint.id()));
    endpoints.deleteEndpoint(endpoint.id());
    networks.deleteNetwork(network.id());
    assertThat(networks.networks()).isEmpty();
    assertThatThrownBy(() -> endpoints.endpoint(endpoint.id()))
        .isInstanceOfSatisfying(HcsException.class, e -> assertThat(e.isNotFound()).isTrue());
    assertThatThrownBy(() -> endpoints.deleteEndpoint(""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aScratchLayerGetsAVolumeThatCanBeMounted() throws Exception {
    Path root = Path.of(System.getenv("FAKEHCS_ROOT"), "store");
    Path base = Files.createDirectories(root.resolve("base"));
    Files.createDirectories(base.resolve("Files"));
    Path scratch = root.resolve("scratch");
    assertThat(layers.exists(scratch)).isFalse();

    layers.create(scratch, List.of(base));
    layers.activate(scratch);
    layers.prepare(scratch, List.of(base));

    String volume = layers.mountPath(scratch).orElseThrow();
    assertThat(volume).startsWith("\\\\?\\Volume{");
    Path mountPoint = Files.createDirectories(root.resolve("mount"));
    volumes.mount(mountPoint, volume);
    assertThat(quota.used(volume)).isEmpty();
    quota.setLimit(volume, 1_000_000);
    quota.setLimit(volume, 2_000_000);
    assertThat(quota.used(volume)).isPresent();
    assertThat(volumes.mountedVolume(mountPoint)).contains(volume);
    volumes.unmount(mountPoint);
    assertThat(volumes.mountedVolume(mountPoint)).isEmpty();
    long before = quota.measure(volume);
    Files.write(contents(volume).resolve("more"), new byte[5000]);
    assertThat(quota.measure(volume) - before).isGreaterThanOrEqualTo(5000);
    layers.unprepare(scratch);
    layers.deactivate(scratch);
    layers.destroy(scratch);
    assertThat(layers.exists(scratch)).isFalse();
    assertThat(host.layerImport().nameToGuid("base"))
        .isEqualTo(host.layerImport().nameToGuid("base"))
        .hasSize(36);
  }

  @Test
  void layerFilesAreWrittenBelowTheirFolderAndNowhereElse() throws Exception {
    Path folder = Files.createDirectories(Path.of(System.getenv("FAKEHCS_ROOT"), "files"));
    try (LayerFolder layer = host.layerFiles().open(folder)) {
      assertThat(host.description()).startsWith("Windows build ");
      layer.create("Files", new FileBasicInfo(0, 0, 0, 0, FileBasicInfo.DIRECTORY)).close();
      try (LayerFile file = layer.create("Files\\a.txt", new FileBasicInfo(0, 0, 0, 0, 0))) {
        file.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
      }
      layer.link("Files\\b.txt", layer, "Files\\a.txt");

      assertThat(layer.list("Files")).containsExactlyInAnyOrder("a.txt", "b.txt");
      assertThat(Files.readString(folder.resolve("Files").resolve("b.txt"))).isEqualTo("hello");
      assertThat(layer.find("Files").orElseThrow().isDirectory()).isTrue();
      for (String name : List.of("..\\x", "C:\\x", "\\x", "Files\\..\\..\\x")) {
        assertThatThrownBy(() -> layer.create(name, new FileBasicInfo(0, 0, 0, 0, 0)))
            .isInstanceOf(HcsException.class);
      }
      layer.remove("Files");
      assertThat(layer.find("Files")).isEmpty();
    }
  }
}
