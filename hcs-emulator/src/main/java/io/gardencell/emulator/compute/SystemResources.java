package io.gardencell.emulator.compute;

import io.gardencell.emulator.network.EmulatedEndpoints;
import io.gardencell.emulator.volume.EmulatedVolumes;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.EndpointStatistics;
import io.gardencell.hcs.document.MappedDirectory;
import io.gardencell.hcs.document.ModifyRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a system has besides its processes: a volume, the directories mapped into it, and endpoints.
 * Any thread; who changes something holds the state's lock.
 */
final class SystemResources {

  private static final Logger log = LoggerFactory.getLogger(SystemResources.class);

  private final EmulatedVolumes volumes;
  private final EmulatedEndpoints endpoints;

  SystemResources(EmulatedVolumes volumes, EmulatedEndpoints endpoints) {
    this.volumes = volumes;
    this.endpoints = endpoints;
  }

  /** The directory that is the system's volume. */
  Path volume(SystemRecord system, String function) {
    return volumes.directory(system.document().volumePath(), function);
  }

  /** Makes all that the system's document names; on failure the caller removes what is there. */
  void add(SystemRecord system, String function) throws IOException {
    Path volume = volume(system, function);
    for (MappedDirectory mapped : system.document().mappedDirectories()) {
      MappedDirectories.map(volume, mapped, function);
    }
    for (String endpoint : system.document().endpointList()) {
      change(endpoint, function, () -> endpoints.attach(endpoint, system.id()));
    }
  }

  /** Adds or removes an endpoint. */
  void modify(SystemRecord system, ModifyRequest request, String function) {
    String kind = request.resourceType() + "/" + request.requestType();
    String endpoint = request.settings();
    if (kind.equals("Network/Add")) {
      change(endpoint, function, () -> endpoints.attach(endpoint, system.id()));
    } else if (kind.equals("Network/Remove")) {
      change(endpoint, function, () -> endpoints.detach(endpoint, system.id()));
    } else {
      throw new HcsException(function, kind, HcsErrors.NOT_SUPPORTED);
    }
  }

  /** HCS tells only a code where HNS refuses. */
  private static void change(String endpoint, String function, Runnable step) {
    try {
      step.run();
    } catch (HcsException refused) {
      HcsException failure = new HcsException(function, endpoint, refused.code());
      failure.initCause(refused);
      throw failure;
    }
  }

  /** Removes what there is; a mapping that cannot be removed is logged and left. */
  void remove(SystemRecord system) {
    try {
      Path volume = volume(system, "HcsTerminate");
      for (MappedDirectory mapped : system.document().mappedDirectories()) {
        MappedDirectories.unmap(volume, mapped);
      }
    } catch (IOException | HcsException e) {
      log.atWarn().addKeyValue("system", system.id()).setCause(e).log("mapping not removed");
    }
    endpoints.detachAll(system.id());
  }

  /** Traffic of its endpoints. */
  List<EndpointStatistics> traffic(SystemRecord system) {
    return endpoints.statisticsOf(system.id());
  }
}
