package io.gardencell.server.gardener;

import io.gardencell.api.ContainerSpec;
import io.gardencell.api.DiskLimits;
import io.gardencell.api.GardenException;
import io.gardencell.api.oci.OciSpec;
import io.gardencell.api.spi.ContainerState;
import io.gardencell.api.spi.ImageRequest;
import io.gardencell.api.spi.NetworkRequest;
import io.gardencell.api.spi.NetworkResult;
import io.gardencell.api.spi.RootFilesystem;
import io.gardencell.server.cell.Cell;
import io.gardencell.server.cell.Failures;
import io.gardencell.server.cell.HostCalls.Attempt;
import io.gardencell.server.cell.LiveContainer;
import io.gardencell.server.depot.SavedContainer;
import io.gardencell.server.depot.SavedContainer.Phase;
import io.gardencell.server.gardener.Teardown.Part;
import io.gardencell.server.log.LogSession;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one container, all or nothing (guardian: gardener/gardener.go, Create). One thread. */
final class Creation {

  private static final Logger log = LoggerFactory.getLogger(Creation.class);

  private final Cell cell;
  private final LiveContainer container;
  private final ContainerSpec spec;
  private final String handle;
  private final Set<Part> begun = EnumSet.noneOf(Part.class);

  Creation(Cell cell, LiveContainer container, ContainerSpec spec) {
    this.cell = cell;
    this.container = container;
    this.spec = spec;
    handle = container.handle().value();
  }

  /** Makes it; on failure {@code forgotten} is called when nothing is left. */
  void run(Attempt attempt, Runnable forgotten) {
    boolean done = false;
    try {
      steps(attempt);
      done = true;
    } finally {
      if (!done) {
        takeBack(forgotten);
      }
    }
  }

  private void steps(Attempt attempt) {
    begun.add(Part.FILES);
    container.begin();
    RootFilesystem rootfs = rootfs();
    List<String> env = new ArrayList<>(rootfs.env());
    env.addAll(spec.env());
    ContainerState state = system(rootfs, env);
    begun.add(Part.NETWORK);
    NetworkResult network = cell.plugins().network().up(networkRequest(state.pid()));
    container.runtime(state);
    attempt.commit();
    container.update(saved -> created(saved, env, network));
  }

  private ContainerState system(RootFilesystem rootfs, List<String> env) {
    try (LogSession session = LogSession.within("containerizer-create")) {
      log.atInfo().log("start");
      OciSpec config =
          cell.bundles()
              .container(
                  handle,
                  rootfs,
                  env,
                  spec.bindMounts(),
                  spec.limits().cpu(),
                  spec.limits().memory());
      cell.depot().writeConfig(handle, config);
      begun.add(Part.RUNTIME);
      ContainerState state = cell.plugins().runtime().create(cell.depot().bundle(handle));
      if (state.pid() == 0) {
        throw GardenException.failure("container init PID was 0");
      }
      cell.depot().writePid(handle, state.pid());
      log.atInfo().log("finished");
      return state;
    }
  }

  private SavedContainer created(SavedContainer saved, List<String> env, NetworkResult network) {
    Map<String, String> properties = new HashMap<>(saved.properties());
    properties.put(NetworkResult.EXTERNAL_IP, cell.settings().policy().externalIp());
    properties.putAll(network.properties());
    if (!spec.graceTime().isZero()) {
      properties.put(GardenContainer.GRACE_TIME, Long.toString(spec.graceTime().toNanos()));
    }
    properties.put(Gardener.STATE, "created");
    boolean isRaw = !begun.contains(Part.IMAGE);
    return saved
        .withOrigin(saved.origin().made(isRaw, env))
        .withProperties(properties)
        .withPhase(Phase.CREATED);
  }

  private RootFilesystem rootfs() {
    if (!spec.image().uri().isEmpty() && !spec.rootfs().isEmpty()) {
      throw GardenException.failure("Cannot provide both Image.URI and RootFSPath");
    }
    String named = spec.image().uri().isEmpty() ? spec.rootfs() : spec.image().uri();
    String uri =
        (named.isEmpty() ? cell.settings().policy().defaultRootfs() : named).replaceFirst("#", ":");
    if (uri.startsWith("raw:")) {
      return new RootFilesystem(
          uri.substring(uri.startsWith("raw://") ? 6 : 4), List.of(), List.of(), null);
    }
    DiskLimits disk = spec.limits().disk();
    long bytes = disk.byteHard() < 0 ? Long.MAX_VALUE : disk.byteHard();
    begun.add(Part.IMAGE);
    return cell.plugins()
        .image()
        .create(
            new ImageRequest(
                handle,
                uri,
                spec.image().username(),
                spec.image().password(),
                bytes,
                disk.scope() == 1 && bytes > 0));
  }

  private NetworkRequest networkRequest(long pid) {
    Map<String, String> properties = new HashMap<>();
    spec.properties()
        .forEach(
            (key, value) -> {
              if (key.startsWith("network.")) {
                properties.put(key.substring("network.".length()), value);
              } else if (key.equals("log_config")) {
                properties.put(key, value);
              }
            });
    return new NetworkRequest(handle, pid, properties, spec.netOut(), spec.netIn());
  }

  private void takeBack(Runnable forgotten) {
    try (LogSession session = LogSession.within("create-failed-cleaningup")) {
      log.atInfo().log("start");
      Failures failures = new Failures();
      new Teardown(cell, container).run(begun, failures);
      if (failures.isEmpty()) {
        forgotten.run();
        log.atInfo().log("cleanedup");
      } else {
        log.atError()
            .addKeyValue("error", "container is stuck: " + failures.text())
            .log("destroy-failed");
      }
    }
  }
}
