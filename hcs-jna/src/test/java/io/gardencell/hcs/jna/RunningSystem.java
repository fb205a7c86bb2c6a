package io.gardencell.hcs.jna;

import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.document.LayerReference;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.SystemDocument;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The documents of a container on a fixture's base layer, with a volume of its own. */
public final class RunningSystem {

  /** How long an operation may take. */
  public static final Duration LIMIT = Duration.ofSeconds(60);

  private RunningSystem() {}

  /** The document of a container that is not yet made. */
  public static SystemDocument document(HostFixture fixture) {
    Host host = fixture.host();
    Path base = fixture.baseLayer();
    Path scratch = fixture.directory().resolve("scratch-" + UUID.randomUUID());
    host.scratchLayers().create(scratch, List.of(base));
    host.scratchLayers().activate(scratch);
    host.scratchLayers().prepare(scratch, List.of(base));
    return SystemDocument.container()
        .owner("jna")
        .volumePath(host.scratchLayers().mountPath(scratch).orElseThrow())
        .layers(List.of(new LayerReference(host.layerImport().nameToGuid("base"), base.toString())))
        .build();
  }

  /** A container that runs. */
  public static ComputeSystem started(HostFixture fixture, String id) {
    ComputeSystem system = fixture.host().compute().create(id, document(fixture), LIMIT);
    system.start(LIMIT);
    return system;
  }

  /** A process with all pipes. */
  public static ProcessDocument process(String commandLine) {
    return ProcessDocument.of(commandLine, "", "C:\\", Map.of(), true);
  }
}
