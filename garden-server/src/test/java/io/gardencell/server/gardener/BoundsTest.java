package io.gardencell.server.gardener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.api.GardenException;
import io.gardencell.api.spi.ContainerEvent;
import io.gardencell.server.cell.CellSettings.Bounds;
import java.io.IOException;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What a client can grow ends somewhere, with an error that names the value and the limit. */
class BoundsTest extends GardenerTest {

  private static final String RUN = "{\"path\":\"x\"}";

  @Test
  void containersEndWhereTheOperatorSaysAndStuckOnesCount() throws IOException {
    restart(s -> s.with(s.bounds().withContainers(2)));
    create("a");
    create("b");
    plugins.fail("runtime.delete", 1);
    assertThatThrownBy(() -> destroy("b")).isInstanceOf(GardenException.class);

    assertThatThrownBy(() -> create("c")).hasMessage("max containers reached");

    destroy("b");
    create("c");
  }

  @Test
  void processesOfOneContainerEnd() throws IOException {
    restart(s -> s.with(new Bounds(0, 2, 1000, 8, 16)));
    create("c").run(process(RUN));
    create("other");
    var second = get("c").run(process(RUN));

    assertThatThrownBy(() -> get("c").run(process(RUN)))
        .hasMessage("processes: 2 are running (expected: at most 2)");

    get("other").run(process(RUN));
    there(plugins.processes.get(second.pid())).exit.complete(0L);
    assertThat(becomes(() -> there(get("c").info().processIds()).size() == 1)).isTrue();
    assertThat(becomes(() -> runs())).isTrue();
  }

  private boolean runs() {
    try {
      get("c").run(process(RUN));
      return true;
    } catch (GardenException full) {
      return false;
    }
  }

  @Test
  void clientsOfOneProcessEnd() {
    var process = create("c").run(process(RUN));
    var clients = Collections.nCopies(64, process).stream().map(p -> p.attach()).toList();

    assertThatThrownBy(process::attach)
        .isInstanceOf(GardenException.ServiceUnavailable.class)
        .hasMessage("process " + process.id() + " has 64 clients (expected: at most 64)");

    clients.get(0).disconnected();
    process.attach();
  }

  @Test
  void propertiesEndWithTheirCharactersAndTheLimit() throws IOException {
    restart(s -> s.with(new Bounds(0, 8, 400, 8, 16)));

    assertThatThrownBy(
            () ->
                gardener.create(
                    spec("{\"handle\":\"c\",\"properties\":{\"k\":\"" + "x".repeat(400) + "\"}}")))
        .hasMessage("properties: 401 characters (expected: at most 400)");
    assertThat(all()).isEmpty();
  }

  @Test
  void eventsKeepTheNewestHundred() {
    create("c");
    for (int i = 0; i < 101; i++) {
      plugins.tell(new ContainerEvent("c", "event " + i));
    }

    assertThat(becomes(() -> events() == 100)).isTrue();
  }

  private int events() {
    var events = get("c").info().events();
    return events == null ? 0 : events.size();
  }

  @Test
  void hostCallsThatHangEndTooAndOthersAreRefusedReadably() throws IOException {
    restart(s -> s.with(new Bounds(0, 8, 1000, 8, 2)));
    CountDownLatch host = plugins.hang("image.create");
    Thread first = new Thread(() -> create("a"));
    Thread second = new Thread(() -> create("b"));
    first.start();
    second.start();
    assertThat(
            becomes(
                () ->
                    plugins.calls.stream().filter(c -> c.startsWith("image.create")).count() == 2))
        .isTrue();

    assertThatThrownBy(() -> create("c"))
        .isInstanceOf(GardenException.ServiceUnavailable.class)
        .hasMessage("create c: 2 host calls are in progress");

    host.countDown();
    assertThat(becomes(() -> get("a").info() != null && get("b").info() != null)).isTrue();
    assertThat(all()).containsExactly("a", "b");
  }
}
