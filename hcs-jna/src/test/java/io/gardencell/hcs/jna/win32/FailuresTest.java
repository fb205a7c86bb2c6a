package io.gardencell.hcs.jna.win32;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

class FailuresTest {

  private static final int REFUSED = 0x80070005;

  private final Failures failures = new Failures(withoutTexts(), unused(Ole32.class));

  // winc-runtime.md §17.18: a notification's data is such a document
  @Test
  void theEventsOfADocumentArePartOfTheFailure() {
    HcsException failure =
        catchThrowableOfType(
            HcsException.class,
            () ->
                failures.check(
                    REFUSED,
                    "HcsCreateComputeSystem",
                    "c1",
                    "{\"Error\":-2147024891,\"ErrorEvents\":"
                        + "[{\"Message\":\"no such layer\",\"Provider\":\"p\",\"EventID\":5}]}"));

    assertThat(failure.code()).isEqualTo(HcsErrors.ACCESS_DENIED);
    assertThat(failure.textWithEvents())
        .startsWith("Access is denied.\n[Event Detail: no such layer")
        .contains("Provider: p", "EventID: 5");
  }

  @Test
  void dataThatIsNoDocumentDoesNotHideTheFailure() {
    for (String data : new String[] {"", "{}", "not json", "[]"}) {
      HcsException failure =
          catchThrowableOfType(
              HcsException.class, () -> failures.check(REFUSED, "HcsStart", "c1", data));
      assertThat(failure.textWithEvents()).as(data).isEqualTo("Access is denied.");
    }
  }

  @Test
  void aSuccessIsNoFailure() {
    assertThatCode(() -> failures.check(0, "HcsStart", "c1", "not json"))
        .doesNotThrowAnyException();
  }

  /** A system that knows no text for a code, so that the well-known one counts. */
  private static Kernel32 withoutTexts() {
    return (Kernel32)
        Proxy.newProxyInstance(
            FailuresTest.class.getClassLoader(),
            new Class<?>[] {Kernel32.class},
            (proxy, method, args) -> 0);
  }

  private static <T> T unused(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            FailuresTest.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> {
              throw new AssertionError("not expected: " + method);
            }));
  }
}
