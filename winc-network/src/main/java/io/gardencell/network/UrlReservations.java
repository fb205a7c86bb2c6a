package io.gardencell.network;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.document.ProcessDocument;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets ordinary users of a container listen with HTTP.sys, as apps under IIS do (spec: winc-network
 * 11); asked for by the network property {@code ports}.
 */
final class UrlReservations {

  private static final Logger log = LoggerFactory.getLogger(UrlReservations.class);

  private final Host host;
  private final Duration timeout;
  private final HostCalls calls;
  private final StepLog steps;

  UrlReservations(Host host, Duration timeout, HostCalls calls, StepLog steps) {
    this.host = host;
    this.timeout = timeout;
    this.calls = calls;
    this.steps = steps;
  }

  /** The ports of the property's text, each once; null and empty are none. */
  static List<Integer> ports(@Nullable String property) {
    if (property == null || property.isEmpty()) {
      return List.of();
    }
    Set<Integer> ports = new LinkedHashSet<>();
    for (String piece : property.split(",", -1)) {
      String text = piece.strip();
      int port;
      try {
        port = Integer.parseInt(text);
      } catch (NumberFormatException notANumber) {
        throw invalid(text, "strconv.Atoi: parsing \"" + text + "\": invalid syntax");
      }
      if (port < 1 || port > 65535) {
        throw invalid(text, "expected: 1-65535");
      }
      ports.add(port);
    }
    return List.copyOf(ports);
  }

  private static GardenException invalid(String piece, String cause) {
    return GardenException.failure(
        "Invalid port in input.Properties.ports: " + piece + ", error: " + cause);
  }

  /** Reserves the ports of the property's text for a container, one after the other. */
  void reserve(String handle, @Nullable String property) {
    List<Integer> ports = ports(property);
    if (ports.isEmpty()) {
      if (property == null) {
        steps.debug(() -> "input.Properties doesn't contain ports - .Net apps aren't supported");
      }
      return;
    }
    steps.debug(() -> "opening application ports: " + property);
    try (ComputeSystem system = calls.hcs("open " + handle, () -> host.compute().open(handle))) {
      for (int port : ports) {
        try {
          reserve(system, port);
        } catch (HcsException | GardenException failed) {
          String cause =
              failed instanceof HcsException hcs && HcsErrors.isOutOfMemory(hcs.code())
                  ? "not enough memory"
                  : failed.getMessage();
          throw GardenException.failure(
              "Failed to open port: " + port + ", error: " + cause, failed);
        }
      }
    }
    steps.debug(() -> "opened application ports");
  }

  private void reserve(ComputeSystem system, int port) {
    String command = "netsh http add urlacl url=http://*:" + port + "/ user=Users";
    ComputeProcess process;
    steps.info("running '%s' in %s".formatted(command, system.id()));
    try {
      process =
          calls.hcs(
              "create process in " + system.id(),
              () -> system.createProcess(ProcessDocument.of(command, "", "", Map.of(), false)));
    } catch (HcsException failed) {
      if (!host.isolated() && failed.code() == HcsErrors.FILE_NOT_FOUND) {
        // such a host has neither HTTP.sys nor netsh: there is nothing to reserve
        log.atWarn()
            .addKeyValue("handle", system.id())
            .addKeyValue("port", port)
            .log("no netsh on this host, URL not reserved");
        return;
      }
      throw failed;
    }
    try (process) {
      await(process, command, system.id());
    }
  }

  private void await(ComputeProcess process, String command, String handle) {
    boolean ended = false;
    try {
      long code = process.exited().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      ended = true;
      if (code != 0) {
        String text = "running '%s' in %s failed: exit code %d".formatted(command, handle, code);
        steps.error(text);
        throw GardenException.failure(text);
      }
    } catch (TimeoutException late) {
      throw GardenException.failure(
          "process %d in container %s encountered an error during hcsshim::Process::Wait: hcsshim: timeout waiting for notification"
              .formatted(process.pid(), handle),
          late);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw GardenException.failure("running '" + command + "' was interrupted", interrupted);
    } catch (ExecutionException failed) {
      throw GardenException.failure(
          HostFailures.text(failed.getCause() == null ? failed : failed.getCause()), failed);
    } finally {
      if (!ended) {
        terminate(process, handle);
      }
    }
  }

  private static void terminate(ComputeProcess process, String handle) {
    try {
      process.terminate();
    } catch (HcsException failed) {
      log.atWarn().addKeyValue("handle", handle).setCause(failed).log("netsh not ended");
    }
  }
}
