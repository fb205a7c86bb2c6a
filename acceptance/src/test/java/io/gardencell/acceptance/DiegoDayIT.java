package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.ContainerMetricsEntry;
import io.gardencell.api.GardenException;
import io.gardencell.api.MappedPort;
import io.gardencell.api.Metrics;
import io.gardencell.api.ProcessSpec;
import io.gardencell.client.GardenClient;
import io.gardencell.client.ProcessOutput;
import io.gardencell.client.RemoteContainer;
import io.gardencell.client.RemoteProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A day of a Diego cell: what its executor asks in the order in which it asks, with the bodies that
 * it sends (cloudfoundry/executor: depot/containerstore, depot/steps, gardenhealth).
 */
class DiegoDayIT {

  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final int MOST = 5;
  private static final Map<String, String> OWN = Map.of("executor:owner", "executor");
  private static final Map<String, String> OWN_IN_ANY_STATE =
      Map.of("executor:owner", "executor", "garden.state", "all");
  private static final String NO_LIMITS =
      "\"limits\":{\"bandwidth_limits\":{},\"cpu_limits\":{},\"disk_limits\":{},"
          + "\"memory_limits\":{},\"pid_limits\":{}}";

  private static GardenDaemon daemon;
  private static GardenClient client;
  private static DiegoExecutor executor;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    daemon = GardenDaemon.inProcess("--max-containers=" + MOST);
    client = daemon.client();
    String image =
        new OciLayout(directory.resolve("image"))
            .layer(new Tar().file("Files/large", new byte[3 << 20]))
            .write();
    Path credentials = Files.createDirectories(directory.resolve("credentials"));
    Files.writeString(credentials.resolve("instance.crt"), "first");
    executor = new DiegoExecutor(client, image, credentials);
  }

  @AfterAll
  static void stop() throws IOException {
    daemon.close();
  }

  // bosh-and-diego.md B14, 2 to 9
  @Test
  void aStartingCellDestroysWhatItFindsAndMeasuresItsImage() throws Exception {
    executor.create("{\"handle\":\"old-1\",\"properties\":{\"executor:owner\":\"executor\"}}");
    executor.create("{\"handle\":\"old-2\",\"properties\":{\"executor:owner\":\"executor\"}}");
    executor.create("{\"handle\":\"of-another\",\"properties\":{\"executor:owner\":\"other\"}}");

    assertThat(client.handles(OWN_IN_ANY_STATE)).containsExactlyInAnyOrder("old-1", "old-2");
    DiegoExecutor.atOnce(
        client.handles(OWN_IN_ANY_STATE).stream()
            .<Callable<String>>map(
                handle ->
                    () -> {
                      client.destroy(handle);
                      return handle;
                    })
            .toList());
    assertThat(client.handles(OWN_IN_ANY_STATE)).isEmpty();
    assertThat(client.capacity().maxContainers()).isEqualTo(MOST);
    assertThat(client.bulkMetrics(List.of())).isEmpty();

    executor.create(
        "{\"handle\":\"rootfs-c-1\",\"image\":{\"uri\":\"%s\"},\"properties\":"
                .formatted(executor.image())
            + "{\"executor:owner\":\"executor\",\"network.healthcheck\":\"true\"},"
            + NO_LIMITS
            + "}");
    Metrics measured = executor.metrics("rootfs-c-1");
    assertThat(measured.disk().totalBytesUsed() - measured.disk().exclusiveBytesUsed())
        .isGreaterThanOrEqualTo(3 << 20);

    client.destroy("rootfs-c-1");
    client.destroy("of-another");
  }

  // bosh-and-diego.md B14, 10 to 13
  @Test
  void theHealthCheckNamesItsImageTheOldWayAndOpensNoOutput() throws IOException {
    Map<String, String> tag = Map.of("tag:healthcheck-tag", "healthcheck");
    assertThat(client.handles(tag)).isEmpty();
    RemoteContainer container =
        executor.create(
            "{\"handle\":\"check-1\",\"rootfs\":\"%s\",\"image\":{},\"properties\":"
                    .formatted(executor.image())
                + "{\"executor:owner\":\"executor-health-check\",\"network.healthcheck\":\"true\","
                + "\"tag:healthcheck-tag\":\"healthcheck\"},"
                + NO_LIMITS
                + "}");
    assertThat(client.handles(tag)).containsExactly("check-1");

    try (RemoteProcess process = executor.run(container, "", "echo nobody reads this; exit 0")) {
      assertThat(process.waitFor(BOUND)).hasValue(0);
    }

    container.destroy();
    assertThatThrownBy(container::destroy)
        .isInstanceOf(GardenException.ContainerNotFound.class)
        .hasMessage("unknown handle: check-1");
    assertThat(client.handles(tag)).isEmpty();
  }

  // bosh-and-diego.md B14, 14 to 17
  @Test
  void anAppHasItsPortsItsAddressesAndItsPropertiesAtOnce() throws IOException {
    RemoteContainer app = executor.createApp("app-ports");

    assertThatThrownBy(() -> executor.createApp("app-ports"))
        .isInstanceOf(GardenException.class)
        .hasMessage("Handle 'app-ports' already in use");
    var info = app.info();
    assertThat(info.state()).isEqualTo("active");
    assertThat(info.containerIp()).isNotEmpty();
    assertThat(info.externalIp()).isNotEmpty();
    assertThat(info.mappedPorts())
        .extracting(MappedPort::containerPort)
        .containsExactly(8080L, 61001L);
    assertThat(info.mappedPorts())
        .extracting(MappedPort::hostPort)
        .doesNotHaveDuplicates()
        .allMatch(port -> port > 0);
    assertThat(info.properties())
        .containsAllEntriesOf(OWN)
        .containsEntry("log_config", "{\"guid\":\"app-1\",\"index\":0}")
        .containsEntry("network.ports", "8080")
        .containsEntry("garden.state", "created");
    assertThat(client.handles(OWN)).contains("app-ports");

    app.setProperty("log_config", "{\"guid\":\"app-1\",\"tags\":{\"x\":\"1\"}}");
    assertThat(app.info().properties())
        .containsEntry("log_config", "{\"guid\":\"app-1\",\"tags\":{\"x\":\"1\"}}");
    app.destroy();
  }

  // bosh-and-diego.md B14, 18 to 23
  @Test
  void anAppItsProxyAndItsChecksRunBesideOneAnother() throws Exception {
    RemoteContainer app = executor.createApp("app-runs");
    app.streamIn(".", "", new Tar().file("droplet/start", "of the droplet")::writeTo);
    String lines = "i=0; while [ $i -lt 1000 ]; do echo $i; i=$((i+1)); done; ";
    String none = "\"limits\":{\"cpu_limits\":{},\"memory_limits\":{}},";
    List<RemoteProcess> all =
        DiegoExecutor.atOnce(
            List.of(
                () -> executor.run(app, "", lines + "cat droplet/start >&2; sleep 1000"),
                () -> executor.runBeside(app, "app-runs-envoy", "", "sleep 1000"),
                () ->
                    executor.runBeside(app, "app-runs-startup-healthcheck-0", none, "echo passed"),
                () ->
                    executor.runBeside(app, "app-runs-envoy-startup-healthcheck-0", none, "exit 4"),
                () ->
                    executor.runBeside(
                        app, "app-runs-envoy-startup-healthcheck-1", none, "exit 0")));
    try {
      assertThat(all.subList(1, 5))
          .extracting(RemoteProcess::id)
          .containsExactly(
              "app-runs-envoy",
              "app-runs-startup-healthcheck-0",
              "app-runs-envoy-startup-healthcheck-0",
              "app-runs-envoy-startup-healthcheck-1");
      ProcessOutput check = all.get(2).readToEnd(BOUND);
      assertThat(check.stdoutText()).isEqualTo("passed\n");
      assertThat(check.exitStatus()).isZero();
      assertThat(all.get(3).waitFor(BOUND)).hasValue(4);
      assertThat(all.get(4).waitFor(BOUND)).hasValue(0);
      String expected =
          IntStream.range(0, 1000)
              .collect(
                  StringBuilder::new, (s, i) -> s.append(i).append('\n'), StringBuilder::append)
              .toString();
      assertThat(new String(all.get(0).stdout().readNBytes(expected.length()))).isEqualTo(expected);
      assertThat(new String(all.get(0).stderr().readNBytes(14))).isEqualTo("of the droplet");

      // Both phases of a readiness check have the same id; the exit of one frees it for the next.
      for (int round = 0; round < 5; round++) {
        try (RemoteProcess ready =
            executor.runBeside(app, "app-runs-readiness-healthcheck-0", none, "exit 0")) {
          assertThat(ready.waitFor(BOUND)).hasValue(0);
        }
      }
      assertThatThrownBy(() -> executor.runBeside(app, "app-runs-envoy", "", "exit 0"))
          .isInstanceOf(GardenException.class)
          .hasMessage("process ID 'app-runs-envoy' already in use");
    } finally {
      for (RemoteProcess process : all) {
        process.close();
      }
    }
    app.destroy();
  }

  // bosh-and-diego.md B5, B6: certificates are replaced by rename while the app runs
  @Test
  void aMountedFolderShowsWhatTheHostReplacesInIt() throws IOException {
    RemoteContainer app = executor.createApp("app-mounts");
    ProcessSpec read =
        ProcessSpec.of("sh", "-c", "cat instance.crt").withDir("C:\\etc\\cf-instance-credentials");
    try (RemoteProcess process = app.run(read)) {
      assertThat(process.readToEnd(BOUND).stdoutText()).isEqualTo("first");
    }

    Path next = Files.writeString(executor.credentials().resolve("next"), "second");
    Files.move(
        next, executor.credentials().resolve("instance.crt"), StandardCopyOption.REPLACE_EXISTING);

    try (RemoteProcess process = app.run(read)) {
      assertThat(process.readToEnd(BOUND).stdoutText()).isEqualTo("second");
    }
    app.destroy();
  }

  // bosh-and-diego.md B14, 24
  @Test
  void figuresNeverGoBack() throws IOException {
    RemoteContainer app = executor.createApp("app-figures");
    try (RemoteProcess busy = executor.run(app, "", "while :; do :; done")) {
      assertThat(busy.id()).isNotEmpty();
      Metrics before = executor.metrics("app-figures");
      for (int round = 0; round < 20; round++) {
        Metrics now = executor.metrics("app-figures");
        assertThat(now.age()).isGreaterThanOrEqualTo(before.age());
        assertThat(now.cpu().usage()).isGreaterThanOrEqualTo(before.cpu().usage());
        assertThat(now.cpuEntitlement()).isGreaterThanOrEqualTo(before.cpuEntitlement());
        before = now;
      }
      assertThat(before.memory().totalUsageTowardLimit()).isPositive();
      assertThat(before.disk().totalBytesUsed()).isGreaterThanOrEqualTo(3 << 20);
    }
    app.destroy();
  }

  // bosh-and-diego.md B14, 28: the first entry is all that is read
  @Test
  void aTasksResultIsFetchedByAClientThatLeavesInTheMiddle() throws IOException {
    RemoteContainer task = executor.createApp("task");
    String script =
        "mkdir tmp; echo result > tmp/result.json; head -c 9000000 /dev/zero > tmp/droplet";
    try (RemoteProcess builder = task.run(ProcessSpec.of("sh", "-c", script).withDir("C:\\"))) {
      assertThat(builder.readToEnd(BOUND).exitStatus()).isZero();
    }
    for (String user : List.of("", "root", "vcap")) {
      try (InputStream out = task.streamOut("/tmp/result.json", user);
          TarArchiveInputStream tar = new TarArchiveInputStream(out)) {
        TarArchiveEntry first = tar.getNextEntry();
        assertThat(first.getName()).isEqualTo("result.json");
        assertThat(new String(tar.readAllBytes())).isEqualTo("result\n");
      }
      InputStream left = task.streamOut("/tmp/droplet", user);
      assertThat(left.readNBytes(1000)).hasSize(1000);
      left.close();
    }
    task.destroy();
  }

  // bosh-and-diego.md B14, 31: rep uses one less and keeps the last for its health check
  @Test
  void whatIsPastTheMostContainersIsRefusedAndItsHandleStaysFree() throws IOException {
    List<RemoteContainer> made = new ArrayList<>();
    while (client.handles(Map.of("garden.state", "all")).size() < MOST) {
      made.add(executor.create("{\"handle\":\"many-" + made.size() + "\"}"));
    }

    assertThatThrownBy(() -> executor.create("{\"handle\":\"one-more\"}"))
        .isInstanceOf(GardenException.class)
        .hasMessage("max containers reached");

    made.remove(0).destroy();
    made.add(executor.create("{\"handle\":\"one-more\"}"));
    for (RemoteContainer container : made) {
      container.destroy();
    }
  }

  // bosh-and-diego.md B14, 34 to 37
  @Test
  void aStoppedAppEndsInItsOwnWayOrAtOnceAndItsProxyWithIt() throws Exception {
    RemoteContainer app = executor.createApp("app-stops");
    try (RemoteProcess graceful =
            executor.run(
                app, "", "trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.05; done");
        RemoteProcess deaf =
            executor.run(app, "", "trap '' TERM; echo up; while :; do sleep 0.05; done");
        RemoteProcess envoy =
            executor.runBeside(app, "app-stops-envoy", "", "echo up; sleep 1000")) {
      for (RemoteProcess process : List.of(graceful, deaf, envoy)) {
        assertThat(new String(process.stdout().readNBytes(3))).isEqualTo("up\n");
      }
      graceful.terminate();
      deaf.terminate();
      ProcessOutput last = graceful.readToEnd(BOUND);
      assertThat(last.exitStatus()).isEqualTo(7);
      assertThat(last.stdoutText()).isEqualTo("bye\n");

      // The executor gives up a second after it has asked for the kill; a loaded machine has more.
      deaf.kill();
      ByteArrayOutputStream rest = new ByteArrayOutputStream();
      assertThat(deaf.copyTo(rest, rest, Duration.ofSeconds(5))).isNotZero();

      app.destroy();
      assertThat(envoy.readToEnd(BOUND).exitStatus()).isNotZero();
    }
    assertThat(client.handles(OWN_IN_ANY_STATE)).doesNotContain("app-stops");
  }

  // bosh-and-diego.md B14, 32
  @Test
  void ofTwoDestroysAtATimeOneIsToldWhatTheExecutorKnows() throws Exception {
    for (int round = 0; round < 2; round++) {
      executor.createApp("app-twice");
      Callable<String> destroy =
          () -> {
            try {
              client.destroy("app-twice");
              return "destroyed";
            } catch (GardenException e) {
              return String.valueOf(e.getMessage());
            }
          };

      assertThat(DiegoExecutor.atOnce(List.of(destroy, destroy)))
          .containsOnlyOnce("destroyed")
          .allMatch(
              told ->
                  List.of(
                          "destroyed",
                          "container already being destroyed",
                          "unknown handle: app-twice")
                      .contains(told));
    }
  }

  // bosh-and-diego.md B14, 43 and 44
  @Test
  void aRoundOfFiguresNamesTwoHundredAndFiftyHandles() throws IOException {
    RemoteContainer app = executor.createApp("app-in-many");
    List<String> handles = new ArrayList<>(List.of("app-in-many"));
    for (int i = 0; i < 250; i++) {
      handles.add("%08x-0000-4000-8000-%012x".formatted(i, i));
    }

    Map<String, ContainerMetricsEntry> figures = client.bulkMetrics(handles);

    assertThat(figures).hasSize(251);
    assertThat(figures.values()).filteredOn(entry -> entry.err() == null).hasSize(1);
    app.destroy();
  }
}
