package io.gardencell.server.route;

import io.gardencell.api.Capacity;
import io.gardencell.api.ContainerInfoEntry;
import io.gardencell.api.ContainerMetricsEntry;
import io.gardencell.api.ContainerSpec;
import io.gardencell.api.Handle;
import io.gardencell.api.Metrics;
import java.util.List;
import java.util.Map;

/**
 * What the routes need from behind them: Garden's operations, without HTTP. Implemented by the
 * Gardener; tests of the wire have a stand-in.
 *
 * <p>Any thread; calls may block and run on worker threads only. Failures are {@link
 * io.gardencell.api.GardenException}s.
 */
public interface ContainerBackend {

  /** Fails if the server cannot do its work. */
  void ping();

  /** What the cell offers. */
  Capacity capacity();

  /** Makes a container, all or nothing. */
  Handle create(ContainerSpec spec);

  /** Destroys a container; can be repeated after a failure. */
  void destroy(Handle handle);

  /** Handles of the containers whose properties match every pair, in a stable order. */
  List<String> handles(Map<String, String> propertyFilter);

  /** Info of each handle, failures as entries. */
  Map<String, ContainerInfoEntry> bulkInfo(List<String> handles);

  /** Metrics of each handle, failures as entries. */
  Map<String, ContainerMetricsEntry> bulkMetrics(List<String> handles);

  /**
   * One container.
   *
   * @throws io.gardencell.api.GardenException.ContainerNotFound if there is none
   */
  BackendContainer get(Handle handle);

  /** Figures of a container; the id of a process with an image of its own will do as well. */
  default Metrics metrics(Handle handle) {
    return get(handle).metrics();
  }
}
