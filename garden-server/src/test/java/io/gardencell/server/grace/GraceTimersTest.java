package io.gardencell.server.grace;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class GraceTimersTest {

  private static final Handle H = Handle.parse("h");

  private final ManualTimer timer = new ManualTimer();
  private final List<Handle> reaped = new ArrayList<>();
  private RuntimeException failure = new IllegalStateException("none");
  private int failures;
  private boolean busy;
  private boolean overloaded;
  private boolean delayed;
  private final List<Runnable> waiting = new ArrayList<>();
  private final GraceTimers timers =
      new GraceTimers(timer, this::execute, this::reap, Duration.ofSeconds(30));

  private void execute(Runnable task) {
    if (delayed) {
      waiting.add(task);
      return;
    }
    if (overloaded) {
      throw new RejectedExecutionException("full");
    }
    task.run();
  }

  private boolean reap(Handle handle) {
    if (busy) {
      return false;
    }
    if (failures-- > 0) {
      throw failure;
    }
    reaped.add(handle);
    timers.forget(handle);
    return true;
  }

  private void pass(long millis) throws Exception {
    timer.advance(Duration.ofMillis(millis));
  }

  // garden-api.md §15 case 36
  @Test
  void anUnusedContainerIsReapedWhenItsTimeIsOverAndNotBefore() throws Exception {
    timers.arm(H, Duration.ofSeconds(1));

    pass(999);
    assertThat(reaped).isEmpty();
    pass(1);

    assertThat(reaped).containsExactly(H);
    assertThat(timers.count()).isZero();
  }

  // garden-api.md §15 case 37; §14 weakness 18
  @Test
  void aUseHoldsTheContainerAndThenTheWholeTimeCounts() throws Exception {
    timers.arm(H, Duration.ofMillis(500));
    pass(499);
    try (GraceTimers.Hold hold = timers.hold(H)) {
      pass(2000);
    }
    pass(499);
    assertThat(reaped).isEmpty();

    pass(1);

    assertThat(reaped).containsExactly(H);
  }

  @Test
  void theLastOfSeveralUsesCounts() throws Exception {
    timers.arm(H, Duration.ofMillis(500));
    GraceTimers.Hold first = timers.hold(H);
    GraceTimers.Hold second = timers.hold(H);
    first.close();
    first.close();
    pass(1000);
    assertThat(reaped).isEmpty();

    second.close();
    pass(500);

    assertThat(reaped).containsExactly(H);
  }

  // garden-api.md §15 case 39
  @Test
  void aNewTimeCountsFromNowInBothDirections() throws Exception {
    timers.arm(H, Duration.ofSeconds(10));
    timers.arm(H, Duration.ofMillis(10));
    pass(10);
    assertThat(reaped).containsExactly(H);

    timers.arm(H, Duration.ofMillis(100));
    timers.arm(H, Duration.ofSeconds(10));
    pass(9999);
    assertThat(reaped).hasSize(1);
    pass(1);
    assertThat(reaped).hasSize(2);
  }

  // garden-api.md §9: if paused, the new value applies at un-pause
  @Test
  void aNewTimeDuringAUseAppliesWhenItEnds() throws Exception {
    timers.arm(H, Duration.ofSeconds(10));
    GraceTimers.Hold hold = timers.hold(H);
    timers.arm(H, Duration.ofMillis(10));
    pass(1000);
    assertThat(reaped).isEmpty();

    hold.close();
    pass(10);

    assertThat(reaped).containsExactly(H);
  }

  // garden-api.md §15 case 40; §14 weakness 5
  @Test
  void zeroNeverReapsAndDisarms() throws Exception {
    timers.arm(H, Duration.ZERO);
    pass(1_000_000);
    timers.arm(H, Duration.ofSeconds(1));
    timers.arm(H, Duration.ZERO);

    pass(1_000_000);

    assertThat(reaped).isEmpty();
  }

  // what an older daemon or a client's SetProperty left in the property must not reap at the start
  @Test
  void lessThanZeroNeverReaps() throws Exception {
    timers.arm(H, Duration.ofNanos(-1));

    pass(1_000_000);

    assertThat(reaped).isEmpty();
  }

  // garden-api.md §14 weakness 17
  @Test
  void usesDoNotPileUpOnTheTimer() {
    timers.arm(H, Duration.ofDays(1));
    for (int i = 0; i < 1000; i++) {
      timers.hold(H).close();
    }

    assertThat(timer.pending()).isEqualTo(1);
    timers.forget(H);
    assertThat(timer.pending()).isZero();
  }

  // garden-api.md §15 case 43; §14 weakness 7
  @Test
  void aFailedReapIsTriedAgainAfterHalfAMinuteOrTheGraceTime() throws Exception {
    failure = GardenException.failure("disk is gone");
    failures = 1;
    timers.arm(H, Duration.ofMillis(10));
    pass(10);
    pass(29_999);
    assertThat(reaped).isEmpty();

    pass(1);

    assertThat(reaped).containsExactly(H);
  }

  // garden-api.md §15 case 41
  @Test
  void aReapThatMeetsADestroyComesBackInCaseItFails() throws Exception {
    busy = true;
    timers.arm(H, Duration.ofMinutes(1));
    pass(60_000);
    busy = false;
    pass(59_999);
    assertThat(reaped).isEmpty();

    pass(1);

    assertThat(reaped).containsExactly(H);
  }

  @Test
  void aReapThatFindsNoThreadIsTriedAgain() throws Exception {
    overloaded = true;
    timers.arm(H, Duration.ofMillis(10));
    pass(10);
    overloaded = false;

    pass(30_000);

    assertThat(reaped).containsExactly(H);
  }

  @Test
  void aContainerThatIsGoneIsNotReaped() throws Exception {
    timers.arm(H, Duration.ofMillis(10));
    GraceTimers.Hold hold = timers.hold(H);
    timers.forget(H);
    hold.close();

    pass(1000);

    assertThat(reaped).isEmpty();
  }

  // garden-api.md §14 weaknesses 17 and 18
  @Test
  void aReapThatTakesItsTimeHoldsUpNobodyAndYieldsToAUseThatBeganMeanwhile() throws Exception {
    Handle other = Handle.parse("other");
    delayed = true;
    timers.arm(H, Duration.ofSeconds(1));
    timers.arm(other, Duration.ofSeconds(1));
    pass(1000);
    assertThat(waiting).hasSize(2);

    try (GraceTimers.Hold hold = timers.hold(H)) {
      waiting.forEach(Runnable::run);
      assertThat(reaped).containsExactly(other);
    }
    pass(1000);
    waiting.get(2).run();

    assertThat(reaped).containsExactly(other, H);
  }
}
