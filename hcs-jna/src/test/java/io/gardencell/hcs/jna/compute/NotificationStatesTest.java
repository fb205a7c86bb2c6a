package io.gardencell.hcs.jna.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.HcsException;
import java.util.List;
import org.junit.jupiter.api.Test;

class NotificationStatesTest {

  private static final HcsException LOST =
      new HcsException("HcsNotification", "c1", 1, "lost communication", List.of());

  // winc-runtime.md §18 case 76
  // hcs-abi.md §18 case 11
  @Test
  void whatCameBeforeTheWaiterIsNotLost() {
    var states = new NotificationStates("c1");
    states.complete(Notifications.SYSTEM_EXITED, 0, "data");

    assertThat(states.of(Notifications.SYSTEM_EXITED).join().data()).isEqualTo("data");
    assertThat(states.of(Notifications.SYSTEM_START_COMPLETED)).isNotDone();
  }

  // winc-runtime.md §18 case 77, §17.16
  @Test
  void aDuplicateDoesNoHarmAndTheFirstCounts() {
    var states = new NotificationStates("c1");
    states.complete(Notifications.PROCESS_EXITED, 1, "");
    states.complete(Notifications.PROCESS_EXITED, 2, "");

    assertThat(states.of(Notifications.PROCESS_EXITED).join().status()).isEqualTo(1);
  }

  @Test
  void theLossOfTheServiceReachesPresentAndFutureWaiters() {
    var states = new NotificationStates("c1");
    var present = states.of(Notifications.SYSTEM_EXITED);

    states.fail(LOST);

    assertThatThrownBy(present::join).hasCause(LOST);
    assertThatThrownBy(() -> states.of(Notifications.PROCESS_EXITED).join()).hasCause(LOST);
  }
}
