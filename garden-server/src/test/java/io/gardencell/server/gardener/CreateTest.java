package io.gardencell.server.gardener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.api.oci.OciJson;
import io.gardencell.api.oci.OciSpec;
import io.gardencell.api.spi.ImageRequest;
import io.gardencell.api.spi.NetworkResult;
import io.gardencell.server.cell.CellSettings.Bounds;
import io.gardencell.server.cell.CellSettings.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreateTest extends GardenerTest {

  private OciSpec config(String handle) throws IOException {
    return OciJson.read(Files.readString(bundle(handle).resolve("config.json")), OciSpec.class);
  }

  // guardian.md §20 case 1
  @Test
  void anEmptySpecMakesAWholeContainerInTheReferencesOrder() throws IOException {
    String handle = gardener.create(spec("{}")).value();

    assertThat(handle)
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    assertThat(bundle(handle).resolve("config.json")).exists();
    assertThat(bundle(handle).resolve("pidfile")).hasContent("4711");
    assertThat(get(handle).properties())
        .containsEntry("garden.state", "created")
        .containsEntry(NetworkResult.EXTERNAL_IP, "127.0.0.1"); // winc-network.md §22 case 102
    assertThat(plugins.callsOf(handle))
        .containsExactly("image.create", "runtime.create", "network.up");
  }

  // guardian.md §20 cases 2, 3, 4
  @Test
  void theBundleIsTheReferencesExampleWithoutItsLinuxParts() throws IOException {
    gardener.create(
        spec(
            """
            {"handle":"c1","env":["CENV=1"],
             "bind_mounts":[{"src_path":"C:\\\\host","dst_path":"C:\\\\cont","mode":1},
                            {"src_path":"C:\\\\h2","dst_path":"/c2"}],
             "limits":{"memory_limits":{"limit_in_bytes":157286400},"cpu_limits":{"weight":128}}}
            """));

    String init = directory.resolve("winit").toString();
    assertThat(Files.readString(bundle("c1").resolve("config.json")))
        .isEqualTo(
            ("{\"ociVersion\":\"1.2.1\",\"process\":{\"consoleSize\":{\"height\":0,\"width\":0},"
                    + "\"user\":{\"uid\":0,\"gid\":0},"
                    + "\"args\":[\"C:\\\\Windows\\\\Temp\\\\bin\\\\garden-init.exe\"],"
                    + "\"env\":[\"IMG=1\",\"PATH=c:\\\\win\",\"CENV=1\"],\"cwd\":\"/\"},"
                    + "\"root\":{\"path\":\"\\\\\\\\?\\\\Volume{aaaa-bbbb}\\\\\"},"
                    + "\"hostname\":\"c1\",\"mounts\":["
                    + "{\"destination\":\"C:\\\\imgmount\",\"source\":\"C:\\\\src\"},"
                    + "{\"destination\":\"C:\\\\Windows\\\\Temp\\\\bin\",\"type\":\"bind\","
                    + "\"source\":\"INIT\",\"options\":[\"bind\"]},"
                    + "{\"destination\":\"C:\\\\cont\",\"type\":\"bind\","
                    + "\"source\":\"C:\\\\host\",\"options\":[\"bind\",\"rw\"]},"
                    + "{\"destination\":\"/c2\",\"type\":\"bind\",\"source\":\"C:\\\\h2\","
                    + "\"options\":[\"bind\",\"ro\"]}],"
                    + "\"windows\":{\"layerFolders\":[\"C:\\\\layers\\\\top\",\"C:\\\\layers\\\\base\"],"
                    + "\"resources\":{\"memory\":{\"limit\":157286400},\"cpu\":{\"shares\":128}}}}\n")
                .replace("INIT", init));
  }

  // guardian.md §20 case 3
  @Test
  void theImagesEnvironmentComesFirstAndDuplicatesStay() throws IOException {
    gardener.create(spec("{\"handle\":\"c\",\"env\":[\"IMG=2\",\"IMG=2\"]}"));

    assertThat(there(config("c").process()).env())
        .containsExactly("IMG=1", "PATH=c:\\win", "IMG=2", "IMG=2");
  }

  // guardian.md §20 case 5
  @Test
  void aLongHandlesLastFortyNineCharactersAreTheHostname() throws IOException {
    String handle = "12345" + "x".repeat(49);
    create(handle);

    assertThat(config(handle).hostname()).isEqualTo("x".repeat(49));
  }

  // guardian.md §20 cases 6, 7, 8
  @ParameterizedTest
  @CsvSource({
    "'{\"cpu_limits\":{\"weight\":128,\"limit_in_shares\":50}}', 128, 128, 0, 0",
    "'{\"cpu_limits\":{\"limit_in_shares\":100000}}', 65535, 100000, 0, 0",
    "'{\"memory_limits\":{\"limit_in_bytes\":18446744073709551615}}', 0, 0, 18446744073709551615, 9223372036854775807",
    "'{}', 0, 0, 0, 0"
  })
  void limitsReachTheBundleAndAreReportedAsTheReferenceDoes(
      String limits, int shares, long reportedShares, String memory, long reportedMemory)
      throws IOException {
    gardener.create(spec("{\"handle\":\"c\",\"limits\":" + limits + "}"));

    var resources = there(there(config("c").windows()).resources());
    assertThat(there(resources.cpu()).shares()).isEqualTo(shares);
    assertThat(there(resources.memory()).limit()).hasToString(memory);
    assertThat(get("c").limits().cpu().limitInShares()).isEqualTo(reportedShares);
    assertThat(get("c").limits().memory().limitInBytes()).isEqualTo(reportedMemory);
  }

  // guardian.md §20 case 9, groot-image.md §23 case 144
  @ParameterizedTest
  @CsvSource({
    "1000, 1, 1000, true",
    "1000, 0, 1000, false",
    "0, 1, 0, false",
    "18446744073709551615, 0, 9223372036854775807, false"
  })
  void theDiskLimitReachesTheImagePlugin(String hard, int scope, long limit, boolean exclusive) {
    gardener.create(
        spec(
            "{\"limits\":{\"disk_limits\":{\"byte_hard\":%s,\"scope\":%d}}}"
                .formatted(hard, scope)));

    ImageRequest request = plugins.images.get(0);
    assertThat(request.diskLimit()).isEqualTo(limit);
    assertThat(request.excludeImageFromQuota()).isEqualTo(exclusive);
  }

  // guardian.md §20 cases 10, 11, groot-image.md §23 cases 143, 153
  @Test
  void theImageIsNamedAsTheReferencePluginExpectsIt() throws IOException {
    restart(s -> s.with(new Policy("oci:///default", "10.0.0.9", true, false, 0.1)));

    gardener.create(
        spec(
            "{\"image\":{\"uri\":\"docker:///img#tag\",\"username\":\"u\",\"password\":\"secret\"}}"));
    gardener.create(spec("{}"));

    assertThat(plugins.images)
        .extracting(ImageRequest::uri)
        .containsExactly("docker:///img:tag", "oci:///default");
    assertThat(plugins.images.get(0).username()).isEqualTo("u");
    assertThat(plugins.images.get(0).password()).isEqualTo("secret");
    assertThat(plugins.images.get(0).toString()).doesNotContain("secret");
    assertThatThrownBy(() -> gardener.create(spec("{\"rootfs\":\"a\",\"image\":{\"uri\":\"b\"}}")))
        .hasMessage("Cannot provide both Image.URI and RootFSPath");
  }

  // groot-image.md §23 case 154
  @Test
  void aRawRootIsTheClientsDirectoryAndHasNoFiguresOfAVolume() {
    gardener.create(spec("{\"handle\":\"c\",\"image\":{\"uri\":\"raw:///C:/x\"}}"));

    assertThat(plugins.images).isEmpty();
    assertThat(get("c").metrics().disk().totalBytesUsed()).isZero();
    destroy("c");
    assertThat(all()).isEmpty();
  }

  // guardian.md §20 cases 12, 13
  @Test
  void theNetworkGetsItsOwnPropertiesAndTheRulesAsTheyCame() {
    // winc-network.md §22 case 99
    gardener.create(
        spec(
            """
            {"handle":"c","properties":{"network.ports":"8080","log_config":"lc","other":"o"},
             "netin":[{"host_port":0,"container_port":8080}],
             "netout_rules":[{"protocol":1,"ports":[{"start":53,"end":53}]}]}
            """));
    create("bare");

    var up = there(plugins.networks.get("c"));
    assertThat(up.properties()).isEqualTo(Map.of("ports", "8080", "log_config", "lc"));
    assertThat(up.netIn()).hasSize(1);
    assertThat(up.netOut())
        .isEqualTo(
            spec("{\"netout_rules\":[{\"protocol\":1,\"ports\":[{\"start\":53,\"end\":53}]}]}")
                .netOut());
    assertThat(up.pid()).isEqualTo(4711);
    assertThat(there(plugins.networks.get("bare")).netIn()).isEmpty();
  }

  // guardian.md §20 case 14
  @Test
  void whatTheNetworkSaysIsStoredAndShown() {
    assertThat(create("c").info().containerIp()).isEqualTo("172.30.0.2");
    assertThat(get("c").info().mappedPorts()).hasSize(1);

    plugins.network = new NetworkResult(Map.of(), List.of(), List.of());
    assertThat(create("silent").info().containerIp()).isEmpty();
    assertThat(get("silent").info().mappedPorts()).isEmpty();
  }

  // guardian.md §20 cases 15, 17
  @ParameterizedTest
  @CsvSource({
    "image.create, 'image.create,image.delete'",
    "runtime.create, 'image.create,runtime.create,runtime.delete,image.delete'",
    "network.up, 'image.create,runtime.create,network.up,runtime.delete,network.down,image.delete'"
  })
  void aFailedStepTakesBackWhatWasBegunAndNothingElse(String step, String calls)
      throws IOException {
    plugins.fail(step, 1);

    assertThatThrownBy(() -> create("c")).hasMessage(step + " failed");

    assertThat(plugins.callsOf("c")).containsExactly(calls.split(","));
    assertThat(plugins.leftovers()).isEmpty();
    assertThat(depot()).isEmpty();
    assertThat(all()).isEmpty();
    assertThat(create("c").info().state()).isEqualTo("active");
  }

  // guardian.md §20 case 16
  @Test
  void aCreateThatCannotBeTakenBackIsInUseAndShownAndCanBeDestroyed() throws IOException {
    plugins.fail("network.up", 1);
    plugins.fail("runtime.delete", 1);

    assertThatThrownBy(() -> create("c")).hasMessage("network.up failed");

    assertThat(plugins.volumes).as("not taken from under a live container").contains("c");
    assertThatThrownBy(() -> create("C")).hasMessage("Handle 'C' already in use");
    assertThat(gardener.handles(Map.of())).isEmpty();
    assertThat(all()).containsExactly("c");
    assertThatThrownBy(() -> get("c").run(process("{\"path\":\"x\"}")))
        .hasMessage("container c is stuck: destroy it");
    destroy("c");
    assertThat(plugins.leftovers()).isEmpty();
    assertThat(depot()).isEmpty();
  }

  // guardian.md §20 case 18
  @Test
  void aContainerWithoutAnInitProcessIsNoneAndGetsNoNetwork() {
    plugins.initPid = 0;

    assertThatThrownBy(() -> create("c")).hasMessage("container init PID was 0");
    assertThat(plugins.callsOf("c")).doesNotContain("network.up");
    assertThat(plugins.leftovers()).isEmpty();
  }

  // guardian.md §20 case 19
  @Test
  void noMoreContainersAreMadeThanTheCellMayHave() throws IOException {
    restart(s -> s.with(Bounds.DEFAULT.withContainers(2)));
    create("a");
    create("b");

    assertThatThrownBy(() -> create("c")).hasMessage("max containers reached");
    destroy("a");
    create("c");
    assertThat(gardener.capacity().maxContainers()).isEqualTo(2);
  }

  // guardian.md §20 case 20
  @Test
  void ofTwoCreatesOfOneHandleOneFailsAndTouchesNothing()
      throws InterruptedException, ExecutionException {
    CountDownLatch image = plugins.hang("image.create");
    ExecutorService clients = Executors.newSingleThreadExecutor();
    Future<?> first = clients.submit(() -> create("c"));
    assertThat(becomes(() -> !plugins.callsOf("c").isEmpty())).isTrue();

    assertThatThrownBy(() -> create("c")).hasMessage("Handle 'c' already in use");
    image.countDown();
    first.get();

    assertThat(plugins.callsOf("c"))
        .containsExactly("image.create", "runtime.create", "network.up");
    assertThat(get("c").info().state()).isEqualTo("active");
    clients.shutdown();
  }

  // guardian.md §20 case 21
  @ParameterizedTest
  @ValueSource(strings = {"a/b", "..", "C:\\x", "con", "x.", "A", "a\\b", "nul.txt", " "})
  void aHandleThatIsNoNameOfItsOwnIsRefusedWithoutATrace(String handle) throws IOException {
    Files.writeString(directory.resolve("canary"), "alive");
    create("a");
    int calls = plugins.calls.size();

    assertThatThrownBy(() -> create(handle)).isInstanceOf(GardenException.class);

    assertThat(plugins.calls).hasSize(calls);
    assertThat(depot()).containsExactly("a");
    assertThat(directory.resolve("canary")).hasContent("alive");
  }

  // guardian.md §20 case 21
  @Test
  void aHandleOfMoreThanTwoHundredCharactersIsRefused() {
    assertThatThrownBy(() -> create("h".repeat(201)))
        .hasMessage("invalid handle: '" + "h".repeat(201) + "'");
    create("h".repeat(200));
  }

  // guardian.md §20 case 22 (there is one image plugin for both kinds)
  @Test
  void privilegedContainersAreRefusedWhereTheyAreDisabled() throws IOException {
    restart(s -> s.with(new Policy("", "127.0.0.1", false, false, 0.1)));

    assertThatThrownBy(() -> gardener.create(spec("{\"privileged\":true}")))
        .hasMessage("privileged container creation is disabled");
  }

  @Test
  void whatAClientCanMakeGrowIsBounded() throws IOException {
    restart(s -> s.with(new Bounds(0, 2, 10, 1, 8)));

    assertThatThrownBy(() -> gardener.create(spec("{\"properties\":{\"key\":\"12345678\"}}")))
        .hasMessage("properties: 11 characters (expected: at most 10)");
    assertThatThrownBy(() -> gardener.create(spec("{\"netin\":[{},{}]}")))
        .hasMessage("ports: 2 (expected: at most 1)");
    assertThatThrownBy(() -> gardener.create(spec("{\"netout_rules\":[{},{}]}")))
        .hasMessage("rules: 2 (expected: at most 1)");
    assertThat(plugins.calls).filteredOn(c -> c.startsWith("image.create")).isEmpty();
  }
}
