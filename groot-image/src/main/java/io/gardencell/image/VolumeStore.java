package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.api.files.FileTree;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.ScratchLayers;
import io.gardencell.image.source.FileReasons;
import io.gardencell.image.trace.Trace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
  private final String createLock;
  private final ScratchRemoval removal;

  /**
   * The volumes of a store.
   *
   * @param createLock file that whoever mounts volumes on this host locks; empty for none
   */
  VolumeStore(Host host, DriverStore store, String createLock) {
    this.host = host;
    this.createLock = createLock;
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
  String create(
      String handle, List<Path> parents, long quota, VolumeMetadata metadata, Trace outer) {
    String name = bundle(handle, parents, quota, outer.session("bundle"));
    boolean done = false;
    Trace trace = outer.session("write-metadata");
    try (Trace.Step step = trace.between("write-metadata-start", "write-metadata-finished")) {
      Long baseline = quota > 0 ? null : host.quota().measure(name);
      new VolumeMetadata(metadata.size(), metadata.chainIds(), baseline)
          .write(store.volume(handle));
      done = true;
      return name;
    } catch (HcsException e) {
      throw GardenException.failure("WriteMetadata failed: " + e.getMessage(), e);
    } finally {
      if (!done) {
        undo(handle, trace);
      }
    }
  }

  private String bundle(String handle, List<Path> parents, long quota, Trace trace) {
    try (Trace.Step step = trace.between("bundle-start", "bundle-finished")) {
      DriverStore.makeDirectories(store.volumes());
      checkAbsent(handle);
      boolean done = false;
      try {
        String name = mount(store.volume(handle), parents, quota, handle);
        if (quota > 0) {
          setQuota(name, quota + QUOTA_ALLOWANCE);
        }
        done = true;
        return name;
      } catch (HcsException e) {
        throw failed(e);
      } finally {
        if (!done) {
          undo(handle, trace);
        }
      }
    }
  }

  private void checkAbsent(String handle) {
    try {
      if (exists(handle)) {
        throw GardenException.failure("creating bundle: layer already exists: " + handle);
      }
    } catch (HcsException e) {
      throw failed(e);
    }
  }

  private static GardenException failed(HcsException e) {
    return GardenException.failure("creating bundle: " + ScratchRemoval.hcsText(e), e);
  }

  private String mount(Path volume, List<Path> parents, long quota, String handle) {
    ScratchLayers layers = host.scratchLayers();
    try (CreateLock lock = CreateLock.take(createLock, store.lockTimeout())) {
      layers.create(volume, parents);
      if (quota + QUOTA_ALLOWANCE > SCRATCH_BYTES) {
        layers.expand(volume, quota + QUOTA_ALLOWANCE);
      }
      activate(volume, parents, handle);
    }
    return layers
        .mountPath(volume)
        .filter(p -> !p.isEmpty())
        .orElseThrow(
            () ->
                GardenException.failure(
                    "creating bundle: could not get volume path for bundle ID: " + handle));
  }

  private void activate(Path volume, List<Path> parents, String handle) {
    for (int attempt = 1; ; attempt++) {
      try {
        host.scratchLayers().activate(volume);
        host.scratchLayers().prepare(volume, parents);
        return;
      } catch (HcsException e) {
        if (attempt == ATTEMPTS || (e.code() != NOT_READY && e.code() != NOT_CONNECTED)) {
          throw e;
        }
        log.atInfo().addKeyValue("handle", handle).log("volume not ready, trying again");
        deactivate(volume);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      }
    }
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

  private void undo(String handle, Trace trace) {
    try {
      removal.destroy(store.volume(handle));
      FileTree.remove(store.volume(handle));
    } catch (GardenException e) {
      trace.error("destroy-failed", String.valueOf(e.getMessage()), Map.of());
    } catch (IOException e) {
      trace.error("destroy-failed", FileReasons.of("remove", e), Map.of());
    }
  }

  private boolean exists(String handle) {
    return host.scratchLayers().exists(store.volume(handle));
  }

  /**
   * Removes a volume, half-made ones too; absent is fine. The metadata go first, so that a volume
   * whose removal is cut short counts as half-made; they come back if it fails.
   */
  void delete(String handle, Trace trace) {
    Path volume = store.volume(handle);
    try {
      if (!exists(handle)) {
        trace.info("volume-not-found", Map.of("bundleID", handle));
        FileTree.remove(volume);
        return;
      }
      Optional<String> metadata = VolumeMetadata.take(volume);
      boolean done = false;
      try {
        removal.destroy(volume);
        done = true;
      } finally {
        if (!done && metadata.isPresent()) {
          VolumeMetadata.putBack(volume, metadata.get());
        }
      }
      FileTree.remove(volume);
    } catch (HcsException e) {
      throw GardenException.failure(ScratchRemoval.hcsText(e), e);
    } catch (IOException e) {
      throw DriverStore.failed("removing", volume, e);
    }
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
