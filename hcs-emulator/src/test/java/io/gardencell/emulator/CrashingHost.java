package io.gardencell.emulator;

import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import io.gardencell.hcs.document.ModifyRequest;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.SystemDocument;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A program that makes and removes everything a host can make, until it is killed. */
final class CrashingHost {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private CrashingHost() {}

  /** Arguments: data directory, base layer, directory for scratch layers. */
  public static void main(String[] arguments) {
    Host host = new EmulatedHostProvider().open(new HostOptions(Path.of(arguments[0])));
    Path base = Path.of(arguments[1]);
    Path scratches = Path.of(arguments[2]);
    HnsNetwork network =
        host.networks().networks().stream()
            .findFirst()
            .orElseGet(
                () ->
                    host.networks()
                        .createNetwork(
                            HnsNetwork.nat(
                                "n",
                                List.of(
                                    new HnsNetwork.Subnet("10.75.0.0/20", "10.75.0.1", List.of())),
                                "")));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    for (int thread = 0; thread < 2; thread++) {
      threads.execute(
          () -> {
            for (int i = 0; ; i++) {
              String name = ProcessHandle.current().pid() + "-" + Thread.currentThread().getId();
              life(host, base, scratches.resolve(name + "-" + i), network, name + "-" + i);
              System.out.println("life");
            }
          });
    }
  }

  private static void life(Host host, Path base, Path scratch, HnsNetwork network, String id) {
    host.scratchLayers().create(scratch, List.of(base));
    host.scratchLayers().activate(scratch);
    host.scratchLayers().prepare(scratch, List.of(base));
    HnsEndpoint endpoint =
        host.endpoints().createEndpoint(HnsEndpoint.request(id, network.id(), List.of(), ""));
    SystemDocument document =
        SystemDocument.container()
            .owner("crash")
            .volumePath(host.scratchLayers().mountPath(scratch).orElseThrow())
            .build();
    try (ComputeSystem system = host.compute().create(id, document, TIMEOUT)) {
      system.start(TIMEOUT);
      system.modify(ModifyRequest.addEndpoint(endpoint.id()));
      for (int i = 0; i < 2; i++) {
        system
            .createProcess(ProcessDocument.of("sleep 3600", "", "C:\\", Map.of("CRASH", "1"), true))
            .close();
      }
      system.terminate();
    }
    host.endpoints().deleteEndpoint(endpoint.id());
    host.scratchLayers().unprepare(scratch);
    host.scratchLayers().deactivate(scratch);
    host.scratchLayers().destroy(scratch);
  }
}
