package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.api.oci.OciWindows;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.LayerReference;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.runtime.bundle.Bundle;
import io.gardencell.runtime.bundle.WindowsPaths;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the create document of a bundle (Source: winc: runtime/container/container.go). */
final class SystemDocuments {

  private static final Logger log = LoggerFactory.getLogger(SystemDocuments.class);
  private static final BigInteger MIB = BigInteger.valueOf(1 << 20);

  /** HCS: ProcessorWeight is 1 to 10000. */
  private static final int MAX_WEIGHT = 10_000;

  private final Host host;
  private final String additionalJson;

  /**
   * Makes documents.
   *
   * @param additionalJson what is merged into each, its values winning; empty for nothing
   */
  SystemDocuments(Host host, String additionalJson) {
    this.host = host;
    this.additionalJson = additionalJson;
  }

  Made of(String handle, Bundle bundle, String credentials) {
    OciWindows windows = bundle.spec().windows();
    List<LayerReference> layers =
        layers(handle, windows == null ? List.of() : windows.layerFolders());
    BundleMounts mounts = BundleMounts.of(handle, bundle.spec().mounts());
    SystemDocument.Builder document =
        SystemDocument.container()
            .volumePath(bundle.volume())
            .hostName(bundle.spec().hostname())
            .credentials(credentials)
            .layers(layers)
            .mappedDirectories(mounts.directories())
            .mappedPipes(mounts.pipes())
            .additionalJson(additionalJson);
    if (windows != null && windows.resources() != null) {
      limits(windows.resources(), document);
    }
    String shared = bundle.sharedNetwork();
    if (!shared.isEmpty()) {
      document
          .owner(shared)
          .networkSharedContainerName(shared)
          .endpointList(List.of(endpointId(shared, handle)));
    }
    return new Made(checked(document.build()), mounts.skipped());
  }

  private static SystemDocument checked(SystemDocument document) {
    try {
      log.atTrace().addKeyValue("length", document.json().length()).log("document made");
      return document;
    } catch (IllegalArgumentException e) {
      throw GardenException.failure(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * A document, and what of the bundle is not in it.
   *
   * @param skippedMounts sources of mounts that HCS cannot map
   */
  record Made(SystemDocument document, List<String> skippedMounts) {}

  private List<LayerReference> layers(String handle, List<String> folders) {
    List<LayerReference> layers = new ArrayList<>();
    for (String folder : folders) {
      try {
        String id = host.layerImport().nameToGuid(WindowsPaths.lastElement(folder));
        layers.add(new LayerReference(id, folder));
      } catch (HcsException e) {
        throw Failures.of(e, handle);
      }
    }
    return layers;
  }

  private static void limits(OciWindows.Resources resources, SystemDocument.Builder document) {
    if (resources.memory() != null && resources.memory().limit().signum() > 0) {
      BigInteger limit = resources.memory().limit();
      document.memoryMaximumInMb(limit.add(MIB).subtract(BigInteger.ONE).divide(MIB).longValue());
    }
    if (resources.cpu() != null) {
      document.processorWeight(Math.max(0, Math.min(resources.cpu().shares(), MAX_WEIGHT)));
    }
  }

  private String endpointId(String name, String handle) {
    Optional<HnsEndpoint> endpoint;
    try {
      endpoint =
          host.endpoints().endpoints().stream().filter(e -> e.name().equals(name)).findFirst();
    } catch (HcsException e) {
      throw Failures.of(e, handle);
    }
    return endpoint
        .map(HnsEndpoint::id)
        .orElseThrow(() -> GardenException.failure("Endpoint " + name + " not found"));
  }
}
