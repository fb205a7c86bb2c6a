package io.gardencell.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.SystemExit;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import io.gardencell.hcs.document.HnsPolicy;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.SystemDocument;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EmulatedLimitsTest {

  private final EmulatedFixture fixture = new EmulatedFixture();
  private final Host host = fixture.host();
  private final Path layer = fixture.directory().resolve("scratch");

  @AfterEach
  void close() {
    fixture.close();
  }

  private String volume() {
    List<Path> parents = List.of(fixture.baseLayer());
    host.scratchLayers().create(layer, parents);
    host.scratchLayers().activate(layer);
    host.scratchLayers().prepare(layer, parents);
    return host.scratchLayers().mountPath(layer).orElseThrow();
  }

  private ComputeSystem running(SystemDocument document) {
    ComputeSystem system = host.compute().create("limits", document, Duration.ofSeconds(30));
    system.start(Duration.ofSeconds(30));
    return system;
  }

  private static ProcessDocument shell(String script) {
    return ProcessDocument.of("sh -c \"" + script + "\"", "", "C:\\", Map.of(), false);
  }

  @Test
  void endsASystemPastItsMemory() throws Exception {
    ComputeSystem system =
        running(SystemDocument.container().volumePath(volume()).memoryMaximumInMb(40).build());
    system.createProcess(shell("x=a; while :; do x=$x$x; done"));

    assertThat(system.exited().get(30, TimeUnit.SECONDS))
        .isEqualTo(new SystemExit(HcsErrors.UNEXPECTED_EXIT, "Out of memory"));
  }

  @Test
  void stopsAWritePastTheQuotaAndLeavesTheLayerAlone() throws Exception {
    String volume = volume();
    host.quota().setLimit(volume, 1_000_000);
    ComputeSystem system = running(SystemDocument.container().volumePath(volume).build());
    ComputeProcess process =
        system.createProcess(shell("echo changed > marker.txt; exec cat /dev/zero > big"));

    assertThat(process.exited().get(30, TimeUnit.SECONDS)).isNotZero();
    assertThat(host.quota().measure(volume)).isLessThan(2_000_000);
    assertThat(fixture.directory().resolve("base/Files/marker.txt")).hasContent("base");
    system.terminate();
  }

  @Test
  void refusesLayersOutOfOrderAndRemovesThemWhole() {
    List<Path> parents = List.of(fixture.baseLayer());
    host.scratchLayers().create(layer, parents);
    assertThatThrownBy(() -> host.scratchLayers().prepare(layer, parents))
        .isInstanceOfSatisfying(HcsException.class, e -> assertThat(e.code()).isEqualTo(0x15));
    host.scratchLayers().activate(layer);
    host.scratchLayers().prepare(layer, parents);
    assertThatThrownBy(() -> host.scratchLayers().destroy(layer))
        .isInstanceOfSatisfying(
            HcsException.class, e -> assertThat(e.code()).isEqualTo(HcsErrors.SHARING_VIOLATION));

    host.scratchLayers().unprepare(layer);
    host.scratchLayers().deactivate(layer);
    host.scratchLayers().destroy(layer);

    assertThat(layer).doesNotExist();
    assertThat(fixture.directory().resolve("data/emulator/volumes")).isEmptyDirectory();
  }

  @Test
  void refusesLayerNamesThatLeaveTheFolder() throws Exception {
    Path outside = Files.createDirectory(fixture.directory().resolve("outside"));
    Path inside = Files.createDirectory(fixture.directory().resolve("inside"));
    Files.createSymbolicLink(inside.resolve("link"), outside);
    FileBasicInfo plain = new FileBasicInfo(0, 0, 0, 0, 0);
    try (var folder = host.layerFiles().open(inside)) {
      for (String name : List.of("..\\x", "\\x", "C:\\x", "link\\x", "x:ads")) {
        assertThatThrownBy(() -> folder.create(name, plain)).isInstanceOf(HcsException.class);
      }
    }
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void handsOutAddressesAndKeepsHostPortsApart() throws Exception {
    int hostPort;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      hostPort = free.getLocalPort();
    }
    HnsNetwork network =
        host.networks()
            .createNetwork(
                HnsNetwork.nat(
                    "n", List.of(new HnsNetwork.Subnet("10.9.0.0/24", "10.9.0.1", List.of())), ""));
    List<HnsPolicy> port = List.of(new HnsPolicy.Nat("TCP", 8080, hostPort));

    HnsEndpoint one =
        host.endpoints().createEndpoint(HnsEndpoint.request("a", network.id(), port, ""));

    assertThat(one.ipAddress()).isEqualTo("10.9.0.2");
    assertThatThrownBy(
            () -> host.endpoints().createEndpoint(HnsEndpoint.request("b", network.id(), port, "")))
        .isInstanceOf(HcsException.class);
    host.endpoints().deleteEndpoint(one.id());
    assertThatThrownBy(() -> host.endpoints().endpoint(one.id()))
        .hasMessage("hns failed with error : Element not found. ");
  }
}
