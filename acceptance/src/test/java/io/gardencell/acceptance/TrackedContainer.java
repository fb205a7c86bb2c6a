package io.gardencell.acceptance;

import io.gardencell.api.ContainerInfo;
import io.gardencell.api.ContainerSpec;
import io.gardencell.api.GardenException;
import io.gardencell.api.ProcessSpec;
import io.gardencell.client.GardenClient;
import io.gardencell.client.RemoteContainer;
import io.gardencell.client.RemoteProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A container and what a client may rely on: only what was answered for. A request whose answer
 * never came may have been done or not. One operation at a time.
 */
final class TrackedContainer {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String COUNT = "count";
  private static final String MAIN = "main";

  private enum State {
    ABSENT,
    THERE,
    UNKNOWN
  }

  private final String handle;
  private final String marker;
  private State state = State.ABSENT;
  private int count;
  private int ports;
  private boolean countUnsure;
  private boolean portsUnsure;
  private boolean hasMain;
  private boolean mainUnsure;

  /** Its processes sleep for {@code marker} seconds. */
  TrackedContainer(String handle, String marker) {
    this.handle = handle;
    this.marker = marker;
  }

  synchronized void create(GardenClient client) throws IOException {
    state = State.UNKNOWN;
    ContainerSpec plain = ContainerSpec.ofHandle(handle);
    client.create(
        new ContainerSpec(
            handle,
            plain.graceTime(),
            "",
            plain.image(),
            List.of(),
            "",
            Map.of(COUNT, "0"),
            List.of(),
            false,
            plain.limits(),
            List.of(),
            List.of()));
    state = State.THERE;
    count = 0;
    ports = 0;
    hasMain = false;
  }

  /** Does something that is possible now; the caller learns only that the daemon is gone. */
  synchronized void operate(GardenClient client, Random random) throws IOException {
    if (state == State.UNKNOWN) {
      return;
    }
    if (state == State.ABSENT) {
      create(client);
      return;
    }
    RemoteContainer container = client.container(handle);
    int dice = random.nextInt(10);
    if (dice < 4) {
      countUnsure = true;
      container.setProperty(COUNT, Integer.toString(count + 1));
      count++;
      countUnsure = false;
    } else if (dice < 6) {
      state = State.UNKNOWN;
      container.destroy();
      state = State.ABSENT;
    } else if (dice < 7) {
      portsUnsure = true;
      container.netIn(0, 8000 + ports);
      ports++;
      portsUnsure = false;
    } else if (dice < 8 && !hasMain) {
      mainUnsure = true;
      ProcessSpec spec = named(MAIN, "sleep", marker);
      container.run(spec).close();
      hasMain = true;
      mainUnsure = false;
    } else {
      container.info();
    }
  }

  private static ProcessSpec named(String id, String path, String... args) {
    ProcessSpec plain = ProcessSpec.of(path, args);
    return new ProcessSpec(
        id,
        path,
        plain.args(),
        List.of(),
        "",
        "",
        plain.rlimits(),
        null,
        null,
        plain.image(),
        null);
  }

  /** What is not as it was answered, after a restart; from then on everything is known again. */
  synchronized List<String> verify(
      GardenClient client, boolean listed, @Nullable ContainerInfo info, boolean probe)
      throws IOException {
    List<String> wrong = new ArrayList<>();
    if (state == State.THERE && !listed) {
      wrong.add(handle + ": lost");
    }
    if (state == State.ABSENT && listed) {
      wrong.add(handle + ": there again");
    }
    if (listed && info == null) {
      wrong.add(handle + ": no info");
    } else if (listed && info != null) {
      verifyInfo(info, wrong);
      if (probe || state == State.UNKNOWN) {
        probe(client.container(handle), wrong);
      }
    }
    state = listed ? State.THERE : State.ABSENT;
    return wrong;
  }

  String handle() {
    return handle;
  }

  /** Whether its process runs; known after {@link #verify}. */
  synchronized boolean hasMain() {
    return hasMain && state == State.THERE;
  }

  private void verifyInfo(ContainerInfo info, List<String> wrong) {
    int found = Integer.parseInt(there(info.properties()).getOrDefault(COUNT, "-1"));
    if (state == State.THERE && found != count && !(countUnsure && found == count + 1)) {
      wrong.add(handle + ": property " + found + " (expected: " + count + ")");
    }
    List<?> mapped = info.mappedPorts();
    int open = mapped == null ? 0 : mapped.size();
    if (state == State.THERE && open != ports && !(portsUnsure && open == ports + 1)) {
      wrong.add(handle + ": ports " + mapped + " (expected: " + ports + ")");
    }
    List<String> ids = info.processIds();
    boolean main = ids != null && ids.contains(MAIN);
    if (state == State.THERE && main != hasMain && !mainUnsure) {
      wrong.add(handle + ": processes " + ids + " (expected main: " + hasMain + ")");
    }
    count = found;
    ports = open;
    hasMain = main;
    countUnsure = false;
    portsUnsure = false;
    mainUnsure = false;
  }

  private static Map<String, String> there(@Nullable Map<String, String> properties) {
    return properties == null ? Map.of() : properties;
  }

  private void probe(RemoteContainer container, List<String> wrong) throws IOException {
    try {
      if (container.metrics().memory().totalRss() == 0) {
        wrong.add(handle + ": no memory in use");
      }
      try (RemoteProcess probe = container.run(ProcessSpec.of("sh", "-c", "exit 7"))) {
        int status = (int) probe.readToEnd(PATIENCE).exitStatus();
        if (status != 7) {
          wrong.add(handle + ": probe ended with " + status);
        }
      }
    } catch (GardenException e) {
      wrong.add(handle + ": " + e.getMessage());
    }
  }
}
