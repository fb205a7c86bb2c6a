package io.gardencell.server.gardener;

import io.gardencell.api.CpuLimits;
import io.gardencell.api.GardenException;
import io.gardencell.api.Limits;
import io.gardencell.api.MemoryLimits;
import io.gardencell.api.oci.OciSpec;
import io.gardencell.api.oci.OciWindows;
import io.gardencell.api.spi.NetworkRecord;
import io.gardencell.api.spi.NetworkResult;
import io.gardencell.server.cell.Cell;
import io.gardencell.server.depot.ProcessFiles;
import io.gardencell.server.depot.SavedContainer;
import io.gardencell.server.depot.SavedContainer.Origin;
import io.gardencell.server.depot.SavedContainer.Phase;
import io.gardencell.server.depot.SavedContainer.SavedProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the state of a running container together again whose state file is lost: what the bundle,
 * the directories of its processes and the network plugin tell. The client's own properties and the
 * grace time are not told anywhere; the log names what is lost, and the app goes on all the same.
 * One thread.
 */
final class Rebuilding {

  private static final Logger log = LoggerFactory.getLogger(Rebuilding.class);

  private final Cell cell;

  Rebuilding(Cell cell) {
    this.cell = cell;
  }

  /** The state as far as it can be found out. */
  SavedContainer rebuild(String handle) {
    Map<String, String> properties = new HashMap<>();
    List<SavedProcess> processes = List.of();
    Origin origin = Origin.unknown(cell.clock().millis());
    try {
      origin = origin(handle);
      processes = new ProcessFiles(cell.depot(), handle).found();
    } catch (IOException | IllegalArgumentException e) {
      log.atError().addKeyValue("handle", handle).setCause(e).log("bundle cannot be read");
    }
    Optional<NetworkRecord> network = network(handle);
    network.ifPresent(found -> properties.putAll(found.result().properties()));
    properties.put(NetworkResult.EXTERNAL_IP, cell.settings().policy().externalIp());
    properties.put(Gardener.STATE, "created");
    log.atError()
        .addKeyValue("handle", handle)
        .addKeyValue("processes", processes.size())
        .addKeyValue("lost", lost(network.isPresent()))
        .log("state rebuilt for a running container");
    return SavedContainer.of(handle, Phase.CREATED, origin)
        .withProperties(properties)
        .withNetOut(network.map(NetworkRecord::rules).orElse(List.of()))
        .withProcesses(processes);
  }

  private Optional<NetworkRecord> network(String handle) {
    try {
      return cell.plugins().network().connected(handle);
    } catch (GardenException e) {
      log.atError().addKeyValue("handle", handle).setCause(e).log("network cannot be told");
      return Optional.empty();
    }
  }

  /** What the client has to set again; what the host enforces stays in force all the same. */
  private static List<String> lost(boolean isNetworkKnown) {
    List<String> always = List.of("client's properties", "grace time", "events", "stopped state");
    if (isNetworkKnown) {
      return always;
    }
    List<String> all = new ArrayList<>(always);
    all.addAll(List.of("addresses", "mapped ports", "net-out rules"));
    return all;
  }

  private Origin origin(String handle) throws IOException {
    OciSpec config = cell.depot().config(handle);
    OciWindows windows = config.windows();
    OciWindows.Resources resources = windows == null ? null : windows.resources();
    return new Origin(
        cell.depot().runsSince(handle),
        false,
        resources == null,
        limits(resources),
        config.process() == null ? List.of() : config.process().env());
  }

  private static Limits limits(OciWindows.@org.jspecify.annotations.Nullable Resources found) {
    if (found == null) {
      return Limits.NONE;
    }
    long memory = found.memory() == null ? 0 : found.memory().limit().longValue();
    long shares = found.cpu() == null ? 0 : found.cpu().shares();
    return new Limits(
        Limits.NONE.bandwidth(),
        new CpuLimits(0, shares),
        Limits.NONE.disk(),
        new MemoryLimits(memory),
        Limits.NONE.pid());
  }
}
