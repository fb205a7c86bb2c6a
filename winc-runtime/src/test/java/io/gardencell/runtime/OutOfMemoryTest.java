package io.gardencell.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.spi.ContainerEvent;
import io.gardencell.api.spi.ContainerProcess;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.SystemExit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** guardian.md §14: how a container that ran out of memory is found out. */
class OutOfMemoryTest extends RuntimeTest {

  private static final long LIMIT = 64 << 20;
  private static final ContainerEvent OUT_OF_MEMORY =
      new ContainerEvent("c1", ContainerEvent.OUT_OF_MEMORY);

  private final WincRuntime runtime = runtime();
  private final List<ContainerEvent> events = new CopyOnWriteArrayList<>();

  OutOfMemoryTest(@TempDir Path directory) {
    super(directory);
  }

  @BeforeEach
  void begin() throws IOException {
    runtime.onEvent(events::add);
    runtime.create(
        depot.bundle("c1", "", ",\"resources\":{\"memory\":{\"limit\":%d}}".formatted(LIMIT)));
  }

  @AfterEach
  void close() {
    fake.statisticsAnswer.countDown();
    runtime.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {0xC0000017L, 0xC000012DL, 0x8007000EL, 0x800705AFL})
  void anExitCodeThatSaysSoIsToldBeforeTheExit(long code) throws Exception {
    assertThat(eventsAtTheEndWith(code)).containsExactly(OUT_OF_MEMORY);
  }

  @Test
  void aFailureOfAProcessWhoseContainerHadNearlyItsLimitIsToldBeforeTheExit() throws Exception {
    fake.commitPeak = LIMIT - LIMIT / 20;

    assertThat(eventsAtTheEndWith(3)).containsExactly(OUT_OF_MEMORY);
  }

  @Test
  void aFailureWithMemoryLeftIsNone() throws Exception {
    fake.commitPeak = LIMIT / 2;

    assertThat(eventsAtTheEndWith(3)).isEmpty();
  }

  @Test
  void aSuccessIsNone() throws Exception {
    fake.commitPeak = LIMIT;

    assertThat(eventsAtTheEndWith(0)).isEmpty();
  }

  @Test
  void withoutALimitThereIsNothingToReach() throws Exception {
    runtime.delete("c1");
    runtime.create(depot.bundle("c1"));
    fake.commitPeak = Long.MAX_VALUE;

    assertThat(eventsAtTheEndWith(3)).isEmpty();
  }

  @Test
  void itIsToldOnceInTheLifeOfAContainer() throws Exception {
    fake.commitPeak = LIMIT;
    eventsAtTheEndWith(3);
    eventsAtTheEndWith(0xC0000017L);
    assertThat(events).containsExactly(OUT_OF_MEMORY);

    runtime.delete("c1");
    runtime.create(depot.bundle("c1"));
    eventsAtTheEndWith(0xC0000017L);

    assertThat(events).containsExactly(OUT_OF_MEMORY, OUT_OF_MEMORY);
  }

  @Test
  void aProcessThatCannotBeStartedForLackOfMemoryIsTold() {
    fake.fail("HcsCreateProcess", HcsErrors.COMMITMENT_LIMIT);

    assertThatThrownBy(this::run).hasMessageStartingWith("not enough memory: ");

    assertThat(events).containsExactly(OUT_OF_MEMORY);
  }

  @Test
  void aHostThatDoesNotAnswerDelaysNoExitForLong() throws Exception {
    fake.statisticsAnswer = new CountDownLatch(1);
    ContainerProcess first = run();
    ContainerProcess second = run();

    fake.system("c1").process(first.pid()).end(1);
    fake.system("c1").process(second.pid()).end(2);

    assertThat(first.exited().get(10, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(second.exited().get(10, TimeUnit.SECONDS)).isEqualTo(2);
    assertThat(events).isEmpty();
  }

  @Test
  void theEndOfTheWholeContainerIsToldAlsoAfterARestart() throws Exception {
    CompletableFuture<ContainerEvent> event = new CompletableFuture<>();
    try (WincRuntime restarted = runtime()) {
      restarted.onEvent(event::complete);
      assertThat(restarted.containers()).hasSize(1);

      fake.system("c1").end(new SystemExit(0x800705AF, ""));

      assertThat(event.get(5, TimeUnit.SECONDS)).isEqualTo(OUT_OF_MEMORY);
    }
  }

  /** What had been told when the end of a process was. */
  private List<ContainerEvent> eventsAtTheEndWith(long code) throws Exception {
    ContainerProcess process = run();
    CompletableFuture<List<ContainerEvent>> told =
        process
            .exited()
            .thenApply(
                ended -> {
                  assertThat(ended).isEqualTo(code);
                  return List.copyOf(events);
                });

    fake.system("c1").process(process.pid()).end(code);

    return told.get(10, TimeUnit.SECONDS);
  }

  private ContainerProcess run() {
    return runtime.run("c1", OciProcess.of(List.of("app"), List.of(), "/", ""));
  }

  private WincRuntime runtime() {
    return new WincRuntime(fake.host(), RuntimeConfig.ofRoot(directory.resolve("state")));
  }
}
