package io.gardencell.api.spi;

import io.gardencell.api.oci.OciProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Makes and runs containers (Source: guardian: rundmc/; winc's run, exec, state, events, delete).
 */
public interface RuntimePlugin {

  /**
   * Creates a container from its bundle directory, whose last element is the handle and which holds
   * {@code config.json}; starts its init process and mounts its volume. On failure everything is
   * undone; what could not be undone is said in the message.
   */
  ContainerState create(Path bundle);

  /**
   * State of a container.
   *
   * @return empty if the host knows no such container; "cannot tell" is an exception
   */
  Optional<ContainerState> state(String handle);

  /** States of all containers that this runtime's state directory or the host knows as ours. */
  List<ContainerState> containers();

  /**
   * Starts a process in a container.
   *
   * @throws io.gardencell.api.GardenException.ExecutableNotFound if there is no such program
   */
  ContainerProcess run(String handle, OciProcess process);

  /**
   * Creates a container from a bundle that shares another container's network and is its own init
   * process with pipes (a pea). It is deleted by {@link #delete} with the bundle's name.
   */
  ContainerProcess runSidecar(Path bundle);

  /**
   * Finds a process again that this or an earlier daemon started.
   *
   * @return empty if it has ended and nothing is known of its exit
   */
  Optional<ContainerProcess> attach(String handle, long pid);

  /**
   * All processes that run in a container but its init process, whoever started them. With this
   * those are found that an earlier daemon had started and not yet noted when it died.
   *
   * @return empty if the runtime keeps no such list, or the handle is unknown
   */
  default List<ListedProcess> processes(String handle) {
    return List.of();
  }

  /** Processor, memory and process figures. */
  ContainerStats stats(String handle);

  /**
   * Deletes a container with its sidecars, gracefully and then hard, and unmounts its volume.
   * Unknown handles are no failure.
   *
   * @throws io.gardencell.api.GardenException if anything may be left; the call can be repeated
   */
  void delete(String handle);

  /**
   * Names who is told of events such as out of memory; at most one listener. It stores an event
   * before it returns, so that whoever is told the end of a process finds what led to it.
   */
  void onEvent(Consumer<ContainerEvent> listener);
}
