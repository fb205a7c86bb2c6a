package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.ScratchLayers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sandbox layers of containers. Callers hold the lock of the handle. */
final class VolumeStore {

  private static final Logger log = LoggerFactory.getLogger(VolumeStore.class);
  private static final long QUOTA_ALLOWANCE = 10240;
  private static final long SCRATCH_BYTES = 20L << 30;
  private static final int NOT_READY = 0x15;
  private static final int NOT_CONNECTED = 0x48f;
  private static final int ATTEMPTS = 5;

  private final Host host;
  private final DriverStore store;
  private final ScratchRemoval removal;

  VolumeStore(Host host, DriverStore store) {
    this.host = host;
    this.store = store;
    this.removal = new ScratchRemoval(host.scratchLayers());
  }

  /**
   * Makes a volume; on failure nothing of it is left.
   *
   * @param parents newest first
   * @param quota bytes, 0 for none
   * @return its name
   */
  String create(String handle, List<Path> parents, long quota, VolumeMetadata metadata) {
    Path volume = store.volume(handle);
    DriverStore.makeDirectories(store.volumes());
    if (exists(handle)) {
      throw GardenException.failure("layer already exists: " + handle);
    }
    boolean done = false;
    try {
      String name = mount(volume, parents, quota, handle);
      if (quota > 0) {
        setQuota(name, quota + QUOTA_ALLOWANCE);
      }
      Long baseline = quota > 0 ? null : host.quota().measure(name);
      new VolumeMetadata(metadata.size(), metadata.chainIds(), baseline).write(volume);
      done = true;
      return name;
    } catch (HcsException e) {
      throw GardenException.failure(
          "creating bundle: " + ScratchRemoval.hcsText(e.function() + " -", e), e);
    } finally {
      if (!done) {
        undo(handle);
      }
    }
  }

  private String mount(Path volume, List<Path> parents, long quota, String handle) {
    ScratchLayers layers = host.scratchLayers();
    layers.create(volume, parents);
    if (quota + QUOTA_ALLOWANCE > SCRATCH_BYTES) {
      layers.expand(volume, quota + QUOTA_ALLOWANCE);
    }
    for (int attempt = 1; ; attempt++) {
      try {
        layers.activate(volume);
        layers.prepare(volume, parents);
        break;
      } catch (HcsException e) {
        if (attempt == ATTEMPTS || (e.code() != NOT_READY && e.code() != NOT_CONNECTED)) {
          throw e;
        }
        log.atInfo().addKeyValue("handle", handle).log("volume not ready, trying again");
        deactivate(volume);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    }
    return layers
        .mountPath(volume)
        .filter(p -> !p.isEmpty())
        .orElseThrow(
            () ->
                GardenException.failure(
                    "creating bundle: could not get volume path for bundle ID: " + handle));
  }

  private void deactivate(Path volume) {
    try {
      host.scratchLayers().deactivate(volume);
    } catch (HcsException e) {
      log.atDebug().setCause(e).log("layer was not active");
    }
  }

  private void setQuota(String name, long bytes) {
    try {
      host.quota().setLimit(name, bytes);
    } catch (HcsException e) {
      throw GardenException.failure("creating bundle: error setting quota: " + e.getMessage(), e);
    }
  }

  private void undo(String handle) {
    try {
      delete(handle);
    } catch (GardenException | HcsException e) {
      log.atError().addKeyValue("handle", handle).setCause(e).log("destroy-failed");
    }
  }

  private boolean exists(String handle) {
    return host.scratchLayers().exists(store.volume(handle));
  }

  /** Removes a volume, half-made ones too; absent is fine. */
  void delete(String handle) {
    Path volume = store.volume(handle);
    if (exists(handle)) {
      removal.destroy(volume);
    } else {
      log.atInfo().addKeyValue("bundleID", handle).log("volume-not-found");
    }
    DriverStore.removeTree(volume);
  }

  /** The name of a mounted volume. */
  String name(String handle) {
    Optional<String> name = Optional.empty();
    try {
      name = host.scratchLayers().mountPath(store.volume(handle));
    } catch (HcsException e) {
      log.atDebug().addKeyValue("handle", handle).setCause(e).log("no mount path");
    }
    return name.filter(n -> n.startsWith("\\\\?\\Volume{"))
        .orElseThrow(
            () -> GardenException.failure("could not get volume path for bundle ID: " + handle));
  }
}
