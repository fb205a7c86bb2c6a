package io.gardencell.hcs.jna.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.jna.ScriptedLibrary;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;
import io.gardencell.hcs.jna.win32.Ole32;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How COM's one thread begins and ends; ole32 is answered for, so this runs anywhere. */
class ComThreadTest {

  private static final int CHANGED_MODE = 0x80010106;

  private final CountDownLatch left = new CountDownLatch(1);
  private final ScriptedLibrary<Ole32> ole32 =
      new ScriptedLibrary<>(Ole32.class)
          .on(
              "CoUninitialize",
              arguments -> {
                left.countDown();
                return true;
              });
  private final ComThread com =
      new ComThread(
          ole32.dll(),
          new Failures(
              new ScriptedLibrary<>(Kernel32.class).on("FormatMessageW", arguments -> 0).dll(),
              ole32.dll()));

  // hcs-abi.md §18 case 35
  @Test
  void aThreadThatWasInitialisedAlreadyIsLeftOnce() throws Exception {
    ole32.on("CoInitializeEx", arguments -> 1);

    assertThat(com.call(() -> 1) + com.call(() -> 2)).isEqualTo(3);
    com.close();

    assertThat(left.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(ole32.calls()).containsExactly("CoInitializeEx", "CoUninitialize");
  }

  // hcs-abi.md §18 case 35
  @Test
  void aThreadOfAnotherApartmentIsUsedAndNotLeft() throws Exception {
    ole32.on("CoInitializeEx", arguments -> CHANGED_MODE);
    Thread worker = com.call(Thread::currentThread);

    com.close();

    worker.join(30_000);
    assertThat(worker.isAlive()).isFalse();
    assertThat(ole32.calls()).containsExactly("CoInitializeEx");
  }

  @Test
  void aThreadThatCannotBeInitialisedIsTriedAgain() {
    ole32.on("CoInitializeEx", arguments -> 0x8007000E);
    assertThatThrownBy(() -> com.call(() -> 1)).isInstanceOf(HcsException.class);

    ole32.on("CoInitializeEx", arguments -> 0);
    assertThat(com.call(() -> 1)).isEqualTo(1);
    com.close();
  }
}
