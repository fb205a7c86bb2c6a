package io.gardencell.server.gardener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.server.cell.CellSettings.Deadlines;
import io.gardencell.server.stream.RunningProcess;
import io.gardencell.server.stream.StreamSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Signals, stop and deadlines: bounded in time, and the status is the process's own. */
class StopTest extends GardenerTest {

  private static final Duration SHORT = Duration.ofMillis(100);

  private RunningProcess run(String container) {
    return get(container).run(process("{\"path\":\"x\"}"));
  }

  private FakeContainerProcess fake(RunningProcess process) {
    return there(plugins.processes.get(process.pid()));
  }

  // guardian.md §20 case 44
  @Test
  void terminateAsksAndTheStatusIsTheProcessesOwn() throws Exception {
    create("c");
    RunningProcess process = run("c");
    fake(process).statusWhenAsked = 3;

    assertThat(process.terminate()).isTrue();

    assertThat(process.exited().get()).isEqualTo(3);
    assertThat(fake(process).killed).isNotDone();
  }

  @Test
  void aHungStopAnswersInTimeAndHoldsUpNeitherOthersNorTheShutdown() throws IOException {
    restart(s -> s.with(new Deadlines(LONG, LONG, SHORT, LONG, LONG, Duration.ofSeconds(5), LONG)));
    create("c");
    create("other");
    fake(run("c")).statusWhenKilled = -1;

    assertThatThrownBy(() -> get("c").stop(true))
        .hasMessage("stop c: no answer from the host within 100 ms");
    run("other");
    get("other").stop(true);
    destroy("other");

    long begin = System.nanoTime();
    gardener.close();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void everyOperationHasItsOwnDeadlineByTheDesign() {
    Deadlines design = Deadlines.DEFAULT;

    assertThat(design.create()).isEqualTo(Duration.ofSeconds(120));
    assertThat(design.run()).isEqualTo(Duration.ofSeconds(30));
    assertThat(design.stop()).isEqualTo(Duration.ofSeconds(60));
    assertThat(design.destroy()).isEqualTo(Duration.ofSeconds(60));
    assertThat(design.metrics()).isEqualTo(Duration.ofSeconds(5));
    assertThat(design.stopGrace()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void figuresThatHangAreAnErrorAfterTheirDeadline() throws IOException {
    restart(deadlines(LONG, LONG, LONG, SHORT));
    create("c");
    create("other");
    CountDownLatch host = plugins.hang("runtime.stats");

    assertThatThrownBy(() -> get("c").metrics())
        .hasMessage("metrics c: no answer from the host within 100 ms");
    destroy("other");
    host.countDown();
    assertThat(becomes(this::tells)).isTrue();
  }

  private boolean tells() {
    try {
      return get("c").metrics().memory().totalRss() == 777;
    } catch (GardenException notYet) {
      return false;
    }
  }

  @Test
  void anExitWhoseNotificationIsLostIsFoundOut() throws Exception {
    useStreams(
        StreamSettings.defaults()
            .with(new StreamSettings.Times(SHORT, SHORT, Duration.ofMillis(50), SHORT)));
    create("c");
    RunningProcess process = run("c");
    // Nothing is told to the first handle any more, a new one knows the status.
    FakeContainerProcess knowing = new FakeContainerProcess(process.pid());
    plugins.processes.put(process.pid(), knowing);

    assertThat(becomes(() -> plugins.callsOf("c").contains("runtime.attach"))).isTrue();
    knowing.exit.complete(6L);

    assertThat(process.exited().get()).isEqualTo(6);
    assertThat(becomes(() -> get("c").info().processIds() == null)).isTrue();
  }

  @Test
  void aProcessThatEndedUnseenIsNotWaitedForForEver() throws Exception {
    useStreams(
        StreamSettings.defaults()
            .with(new StreamSettings.Times(SHORT, SHORT, Duration.ofMillis(50), SHORT)));
    create("c");
    RunningProcess process = run("c");
    plugins.processes.remove(process.pid());

    assertThatThrownBy(() -> process.exited().get())
        .hasMessageContaining("has ended, its status is not known");
    assertThat(becomes(() -> get("c").info().processIds() == null)).isTrue();
  }
}
