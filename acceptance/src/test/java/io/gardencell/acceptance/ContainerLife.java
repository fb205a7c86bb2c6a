package io.gardencell.acceptance;

import io.gardencell.api.ContainerSpec;
import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.ImageRef;
import io.gardencell.api.Limits;
import io.gardencell.api.MemoryLimits;
import io.gardencell.api.NetIn;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.ProcessSpec;
import io.gardencell.server.route.BackendContainer;
import io.gardencell.server.stream.Attachment;
import io.gardencell.server.stream.RunningProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One container from create to destroy, with everything a client does to it. */
final class ContainerLife {

  private static final int EXIT = 3;
  private static final int SIDECAR_EXIT = 4;

  private final EmulatedCell cell;
  private final String handle;

  ContainerLife(EmulatedCell cell, String handle) {
    this.cell = cell;
    this.handle = handle;
  }

  /** Lives a whole life in which nothing may fail. */
  void live() {
    create();
    List<String> failures = use();
    if (!failures.isEmpty()) {
      throw new AssertionError(failures);
    }
    destroy();
  }

  void create() {
    cell.gardener()
        .create(
            new ContainerSpec(
                handle,
                Duration.ZERO,
                "",
                ImageRef.NONE,
                List.of(),
                "",
                Map.of("tag", "life"),
                List.of("LIFE=one"),
                false,
                new Limits(
                    Limits.NONE.bandwidth(),
                    Limits.NONE.cpu(),
                    Limits.NONE.disk(),
                    new MemoryLimits(256L << 20),
                    Limits.NONE.pid()),
                List.of(),
                List.of(new NetIn(0, 8080))));
  }

  /** Does everything, whatever fails; the texts of the failures. */
  List<String> use() {
    List<String> failures = new ArrayList<>();
    attempt(failures, () -> run(ProcessSpec.of("sh", "-c", "echo out; exit " + EXIT), EXIT));
    attempt(failures, () -> container().metrics());
    attempt(failures, () -> container().netIn(0, 9000));
    attempt(failures, () -> container().netOut(List.of(rule())));
    attempt(failures, () -> run(sidecar(), SIDECAR_EXIT));
    attempt(failures, () -> container().stop(true));
    return failures;
  }

  void destroy() {
    cell.gardener().destroy(Handle.parse(handle));
  }

  boolean isListed() {
    return cell.gardener().handles(Map.of("garden.state", "all")).contains(handle);
  }

  private BackendContainer container() {
    return cell.gardener().get(Handle.parse(handle));
  }

  private static NetOutRule rule() {
    return io.gardencell.api.WireJson.decode(
        "{\"protocol\":1,\"networks\":[{\"start\":\"10.1.2.3\",\"end\":\"10.1.2.3\"}]}"
            .getBytes(java.nio.charset.StandardCharsets.UTF_8),
        NetOutRule.class);
  }

  private static ProcessSpec sidecar() {
    ProcessSpec plain = ProcessSpec.of("sh", "-c", "echo out; exit " + SIDECAR_EXIT);
    return new ProcessSpec(
        "",
        plain.path(),
        plain.args(),
        List.of(),
        "",
        "",
        plain.rlimits(),
        null,
        null,
        new ImageRef("", "nobody", ""),
        null);
  }

  /** A process that was started ends with its own status, whatever goes wrong around it. */
  private void run(ProcessSpec spec, long expected) {
    RunningProcess process = container().run(spec);
    Attachment client = process.attach();
    client.writeStdin("input");
    client.closeStdin();
    try {
      long code = process.exited().get(20, TimeUnit.SECONDS);
      if (code != expected) {
        throw new AssertionError("exit status " + code + " (expected: " + expected + ")");
      }
    } catch (TimeoutException e) {
      throw new AssertionError("process does not end", e);
    } catch (ExecutionException e) {
      throw GardenException.failure("exit not known: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } finally {
      client.disconnected();
    }
  }

  private static void attempt(List<String> failures, Runnable step) {
    try {
      step.run();
    } catch (GardenException e) {
      failures.add(e.getMessage());
    }
  }
}
