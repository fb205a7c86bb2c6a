package io.gardencell.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.HcsException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HostCallsTest {

  private final HostCalls calls = new HostCalls(Duration.ofMillis(20), StepLog.ofProcess());

  // winc-network.md §17.8
  @Test
  void aHangingCallEndsAtItsDeadline() throws InterruptedException {
    CountDownLatch hangs = new CountDownLatch(1);

    assertThatThrownBy(() -> calls.get("/endpoints/", () -> wait(hangs)))
        .hasMessage("HNS GET /endpoints/ timed out after 0s");

    hangs.countDown();
  }

  @Test
  void aServiceThatHangsForGoodIsNotCalledForEver() throws InterruptedException {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(HostCalls.MAX_HANGING);
    for (int i = 0; i < HostCalls.MAX_HANGING; i++) {
      assertThatThrownBy(
              () ->
                  calls.get(
                      "/networks/",
                      () -> {
                        boolean waited = wait(hangs);
                        ended.countDown();
                        return waited;
                      }))
          .hasMessageContaining("timed out");
    }

    assertThatThrownBy(() -> calls.get("/networks/", () -> true))
        .hasMessage("HNS GET /networks/ not tried: 32 calls hang");

    hangs.countDown();
    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (calls.hanging() > 0 && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(new HostCalls(Duration.ofSeconds(5), StepLog.ofProcess()).get("/x", () -> true))
        .isTrue();
    assertThat(calls.hanging()).isZero();
  }

  // winc-network.md §17.8
  @Test
  void aServiceThatRestartsIsWaitedFor() {
    AtomicInteger attempts = new AtomicInteger();
    HostCalls patient = new HostCalls(Duration.ofSeconds(5), StepLog.ofProcess());

    String answer =
        patient.get(
            "/networks/",
            () -> {
              if (attempts.incrementAndGet() < 3) {
                throw new HcsException("HNSCall", "", 0x6BA);
              }
              return "there";
            });

    assertThat(answer).isEqualTo("there");
  }

  @Test
  void aRefusalIsNotTriedAgain() {
    AtomicInteger attempts = new AtomicInteger();
    HostCalls patient = new HostCalls(Duration.ofSeconds(5), StepLog.ofProcess());

    assertThatThrownBy(
            () ->
                patient.get(
                    "/networks/",
                    () -> {
                      attempts.incrementAndGet();
                      throw FakeCalls.answers("Access is denied. ");
                    }))
        .isInstanceOf(HcsException.class);

    assertThat(attempts).hasValue(1);
  }

  private static boolean wait(CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }
}
