package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.ContainerSpec;
import io.gardencell.api.GardenException;
import io.gardencell.api.ProcessSpec;
import io.gardencell.api.WireJson;
import io.gardencell.client.ProcessOutput;
import io.gardencell.client.RemoteContainer;
import io.gardencell.client.RemoteProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The reference's acceptance criteria as far as a host without Windows' programs and users can
 * express them; {@code docs/reference-cases.md} says where each row is proven.
 */
class ReferenceRowsIT {

  private static final Duration BOUND = Duration.ofSeconds(60);

  private static GardenDaemon daemon;

  @BeforeAll
  static void start() throws IOException {
    daemon = GardenDaemon.inProcess();
  }

  @AfterAll
  static void stop() throws IOException {
    daemon.close();
  }

  private static RemoteContainer create(String json) throws IOException {
    return daemon
        .client()
        .create(WireJson.decode(json.getBytes(StandardCharsets.UTF_8), ContainerSpec.class));
  }

  private static ProcessSpec process(String json) {
    return WireJson.decode(json.getBytes(StandardCharsets.UTF_8), ProcessSpec.class);
  }

  private static ProcessOutput run(RemoteContainer container, String json, String input)
      throws IOException {
    try (RemoteProcess process = container.run(process(json))) {
      write(process, input);
      return process.readToEnd(BOUND);
    }
  }

  /** A process that has ended meanwhile takes no input any more. */
  private static void write(RemoteProcess process, String input) throws IOException {
    try (OutputStream stdin = process.stdin()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      if (process.waitFor(BOUND).isEmpty()) {
        throw e;
      }
    }
  }

  private static String shell(String script) {
    return "{\"path\":\"sh\",\"args\":[\"-c\",\"" + script + "\"]}";
  }

  // guardian.md §18 A1
  @Test
  void everyCapacityIsPositive() throws IOException {
    var capacity = daemon.client().capacity();

    assertThat(capacity.memoryInBytes()).isPositive();
    assertThat(capacity.diskInBytes()).isPositive();
    assertThat(capacity.schedulableDiskInBytes()).isPositive();
    assertThat(capacity.maxContainers()).isNotZero();
  }

  // guardian.md §18 A3, A5, A6
  @Test
  void propertiesAreReadChangedAndRemoved() throws IOException {
    RemoteContainer container =
        create("{\"handle\":\"properties\",\"properties\":{\"foo\":\"bar\",\"a\":\"b\"}}");
    assertThat(container.info().properties()).containsEntry("foo", "bar").containsEntry("a", "b");

    container.setProperty("bar", "baz");
    assertThat(container.properties()).containsEntry("bar", "baz").containsEntry("foo", "bar");
    container.setProperty("foo", "baz");
    container.removeProperty("a");

    assertThat(container.property("foo")).isEqualTo("baz");
    assertThat(container.info().properties()).containsEntry("foo", "baz").doesNotContainKey("a");
    container.destroy();
  }

  // guardian.md §18 A7, A8
  @Test
  void listFindsContainersByTheirProperties() throws IOException {
    for (String handle : List.of("list-1", "list-2", "list-3")) {
      create("{\"handle\":\"%s\",\"properties\":{\"list\":\"of %s\"}}".formatted(handle, handle));
    }

    assertThat(daemon.client().handles(Map.of("list", "of list-2"))).containsExactly("list-2");
    assertThat(daemon.client().handles(Map.of("list", "unknown"))).isEmpty();
    assertThat(daemon.client().handles()).contains("list-1", "list-2", "list-3");
    for (String handle : List.of("list-1", "list-2", "list-3")) {
      daemon.client().destroy(handle);
    }
  }

  // guardian.md §18 A4, A9, A43
  @Test
  void figuresOfAContainerAreThereAtOnceAndGrowWithAProcess() throws IOException {
    long before = System.nanoTime();
    RemoteContainer container = create("{\"handle\":\"figures\"}");
    var idle = container.metrics();
    Duration sinceCreate = Duration.ofNanos(System.nanoTime() - before);
    assertThat(idle.age()).isPositive().isLessThan(sinceCreate);
    assertThat(idle.memory().totalUsageTowardLimit() + idle.pid().current()).isPositive();

    try (RemoteProcess busy = container.run(process(shell("while :; do :; done")))) {
      assertThat(
              Leaks.becomes(
                  BOUND,
                  () -> {
                    try {
                      var now = container.metrics();
                      return now.cpu().usage() > 0 && now.memory().totalUsageTowardLimit() > 0;
                    } catch (IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  }))
          .isTrue();
      assertThat(container.metrics().pid().max()).isZero();
      assertThat(daemon.client().bulkMetrics(List.of("figures")).values())
          .singleElement()
          .satisfies(entry -> assertThat(entry.err()).isNull())
          .satisfies(entry -> assertThat(entry.metrics().memory().totalRss()).isPositive());
      busy.kill();
    }
    container.destroy();
  }

  // guardian.md §18 A10, A11, A12, A42
  @Test
  void limitsAreToldAsTheyWereGiven() throws IOException {
    RemoteContainer container =
        create(
            "{\"handle\":\"limits\",\"limits\":{\"memory_limits\":{\"limit_in_bytes\":134217728},"
                + "\"cpu_limits\":{\"limit_in_shares\":50}}}");
    assertThat(container.memoryLimits().limitInBytes()).isEqualTo(134217728);
    assertThat(container.cpuLimits().limitInShares()).isEqualTo(50);
    assertThat(container.cpuLimits().weight()).isZero();
    assertThat(container.diskLimits().byteHard()).isZero();
    assertThat(container.bandwidthLimits().rate()).isZero();
    container.destroy();

    RemoteContainer weighted =
        create("{\"handle\":\"weight\",\"limits\":{\"cpu_limits\":{\"weight\":1234}}}");
    assertThat(run(weighted, "{\"path\":\"echo\",\"args\":[\"hello\"]}", "").stdoutText())
        .isEqualTo("hello\n");
    weighted.destroy();
  }

  // guardian.md §18 A13
  @Test
  void twoContainersWithLargeDisksGoInTurn() throws IOException {
    String disk = "\"limits\":{\"disk_limits\":{\"byte_hard\":9126805504,\"scope\":1}}}";
    RemoteContainer first = create("{\"handle\":\"disk-1\"," + disk);
    RemoteContainer second = create("{\"handle\":\"disk-2\"," + disk);

    first.destroy();
    second.destroy();
  }

  // guardian.md §18 A14, A15, A16, A31
  @Test
  void whatIsTakenUnknownOrNotAllowedHasTheReferencesWords() throws IOException {
    RemoteContainer container = create("{\"handle\":\"words\"}");

    assertThatThrownBy(() -> create("{\"handle\":\"words\"}"))
        .hasMessage("Handle 'words' already in use");
    assertThatThrownBy(() -> daemon.client().destroy("not-a-real-handle"))
        .isInstanceOf(GardenException.ContainerNotFound.class)
        .hasMessage("unknown handle: not-a-real-handle");
    assertThatThrownBy(() -> container.attach("idontexist"))
        .isInstanceOf(GardenException.ProcessNotFound.class);
    assertThatThrownBy(
            () ->
                container.run(
                    process(
                        "{\"path\":\"echo\",\"bind_mounts\":[{\"src_path\":\"/x\","
                            + "\"dst_path\":\"/y\"}]}")))
        .hasMessage("Running a process with bind mounts and no image provided is not allowed");
    container.destroy();
  }

  // guardian.md §18 A17, A34
  @Test
  void aProcessHasItsEnvironmentItsStreamsAndItsStatus() throws IOException {
    RemoteContainer container =
        create("{\"handle\":\"env\",\"env\":[\"BOTH=container\",\"OF_CONTAINER=1\"]}");

    ProcessOutput output =
        run(
            container,
            "{\"path\":\"sh\",\"args\":[\"-c\",\"echo $FIRST; echo $SECOND >&2; env; exit 42\"],"
                + "\"env\":[\"FIRST=hello\",\"SECOND=goodbye\",\"BOTH=process\"]}",
            "");

    assertThat(output.exitStatus()).isEqualTo(42);
    assertThat(output.stdoutText())
        .startsWith("hello\n")
        .contains("BOTH=process\n", "OF_CONTAINER=1\n")
        .doesNotContain("BOTH=container");
    assertThat(output.stderrText()).isEqualTo("goodbye\n");
    container.destroy();
  }

  // guardian.md §18 A18, A32, A33
  @Test
  void sixAttachesAndThreeWaitsGetTheStatusOfTheProcessWithThatId() throws IOException {
    RemoteContainer container = create("{\"handle\":\"attaches\"}");
    String spec = "{\"id\":\"some-id\",\"path\":\"sh\",\"args\":[\"-c\",\"cat; exit 12\"]}";
    try (RemoteProcess ran = container.run(process(spec))) {
      assertThat(ran.id()).isEqualTo("some-id");
      assertThatThrownBy(() -> container.run(process(spec)))
          .hasMessageMatching(".*already (in use|exists)");
      List<RemoteProcess> attached = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        attached.add(container.attach("some-id"));
      }
      ran.stdin().close();
      for (RemoteProcess each : attached) {
        assertThat(each.waitFor(BOUND)).hasValue(12);
        each.close();
      }
      for (int i = 0; i < 3; i++) {
        assertThat(ran.waitFor(BOUND)).hasValue(12);
      }
    }
    container.destroy();
  }

  // guardian.md §18 A19, A20, A21
  // guardian.md §20 case 43
  @Test
  void inputArrivesWholeOrIsNotMissedByWhoDoesNotReadIt() throws IOException {
    RemoteContainer container = create("{\"handle\":\"input\"}");
    for (int i = 0; i < 20; i++) {
      ProcessOutput found = run(container, "{\"path\":\"grep\",\"args\":[\".*\"]}", "hi stdout\n");
      assertThat(found.stdoutText()).contains("hi stdout");
      assertThat(found.exitStatus()).isZero();
    }
    assertThat(run(container, "{\"path\":\"cat\"}", "hello\nworld\n").stdoutText())
        .isEqualTo("hello\nworld\n");
    for (int i = 0; i < 10; i++) {
      assertThat(run(container, "{\"path\":\"ls\"}", "x".repeat(1024)).exitStatus()).isZero();
    }
    container.destroy();
  }

  // guardian.md §18 A22, A23
  @Test
  void aMissingWorkingDirectoryIsMade() throws IOException {
    RemoteContainer container = create("{\"handle\":\"directory\"}");

    for (String directory : List.of("C:\\\\usr", "c:\\\\users\\\\alice\\\\nonexistent")) {
      String in = "{\"path\":\"pwd\",\"dir\":\"" + directory + "\"}";
      ProcessOutput output = run(container, in, "");
      assertThat(output.exitStatus()).isZero();
      assertThat(output.stdoutText().strip())
          .endsWithIgnoringCase(directory.substring(2).replace("\\\\", "/"));
    }
    container.destroy();
  }

  // guardian.md §18 A30
  @Test
  void aContainerWithoutClientsGoesAfterItsGraceTime() throws IOException {
    RemoteContainer container = create("{\"handle\":\"grace\"}");
    container.setGraceTime(Duration.ofMillis(500));
    assertThat(daemon.client().handles()).contains("grace");

    assertThat(
            Leaks.becomes(
                BOUND,
                () -> {
                  try {
                    return !daemon.client().handles().contains("grace");
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                }))
        .isTrue();
  }

  // guardian.md §18 A36, A37
  @Test
  void aProcessWithAnImageOfItsOwnHasItsStreamsAndItsStatus() throws IOException {
    RemoteContainer container = create("{\"handle\":\"pea\"}");

    ProcessOutput output =
        run(
            container,
            "{\"path\":\"sh\",\"args\":[\"-c\",\"echo stdout; echo stderr >&2; exit 123\"],"
                + "\"image\":{\"username\":\"nobody\"}}",
            "");

    assertThat(output.stdoutText()).isEqualTo("stdout\n");
    assertThat(output.stderrText()).isEqualTo("stderr\n");
    assertThat(output.exitStatus()).isEqualTo(123);
    container.destroy();
  }
}
