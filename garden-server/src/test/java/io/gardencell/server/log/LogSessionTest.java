package io.gardencell.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LogSessionTest {

  private static String task() {
    return String.valueOf(MDC.get("task"));
  }

  private static String number() {
    return String.valueOf(MDC.get("session"));
  }

  // guardian.md §16
  @Test
  void aSessionWithinAnotherHasItsPathAndNumberAndGivesThemBack() {
    try (LogSession create = LogSession.of("create").with("h")) {
      String outer = number();
      try (LogSession inner = LogSession.within("containerizer-create")) {
        assertThat(task()).isEqualTo("create.containerizer-create");
        assertThat(number()).isEqualTo(outer + ".1");
      }
      try (LogSession inner = LogSession.within("create-failed-cleaningup")) {
        assertThat(number()).isEqualTo(outer + ".2");
        assertThat(MDC.get("handle")).isEqualTo("h");
      }
      assertThat(number()).isEqualTo(outer);
      assertThat(task()).isEqualTo("create");
    }
    assertThat(MDC.get("task")).isNull();
    assertThat(MDC.get("handle")).isNull();
  }

  @Test
  void requestsAreNumberedWithinTheServer() {
    String first;
    try (LogSession session = LogSession.ofRequest("ping")) {
      first = number();
      assertThat(task()).isEqualTo("api.garden-server.ping");
    }
    try (LogSession session = LogSession.ofRequest("ping")) {
      assertThat(number()).startsWith("1.1.").isNotEqualTo(first);
    }
    try (LogSession session = LogSession.ofServer()) {
      assertThat(Map.of(task(), number())).containsExactly(Map.entry("api.garden-server", "1.1"));
    }
  }

  @Test
  void anotherThreadGoesOnWithIt() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try (LogSession session = LogSession.of("destroy").with("h")) {
      Callable<String> work = LogSession.carry(() -> task() + number() + MDC.get("handle"));
      LogSession.Mark mark = LogSession.mark();

      assertThat(other.submit(work).get()).isEqualTo(task() + number() + "h");
      assertThat(
              other
                  .submit(
                      () -> {
                        try (LogSession part = mark.within("part")) {
                          return task() + " " + number();
                        }
                      })
                  .get())
          .isEqualTo("destroy.part " + number() + ".1");
      assertThat(other.submit(() -> MDC.get("task")).get()).isNull();
    } finally {
      other.shutdown();
    }
  }
}
