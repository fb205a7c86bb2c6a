package io.gardencell.runtime;

import io.gardencell.api.GardenException;
import io.gardencell.api.oci.OciMount;
import io.gardencell.api.oci.OciWindows;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.LayerReference;
import io.gardencell.hcs.document.MappedDirectory;
import io.gardencell.hcs.document.MappedPipe;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.runtime.bundle.Bundle;
import io.gardencell.runtime.bundle.WindowsPaths;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
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

  private static final String PIPE = "\\\\.\\pipe\\";

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

  SystemDocument of(String handle, Bundle bundle, String credentials) {
    OciWindows windows = bundle.spec().windows();
    SystemDocument.Builder document =
        SystemDocument.container()
            .volumePath(bundle.volume())
            .hostName(bundle.spec().hostname())
            .credentials(credentials)
            .layers(layers(handle, windows == null ? List.of() : windows.layerFolders()))
            .mappedDirectories(mounts(handle, bundle.spec().mounts()))
            .mappedPipes(pipes(bundle.spec().mounts()))
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
    return checked(document.build());
  }

  private static SystemDocument checked(SystemDocument document) {
    try {
      log.atTrace().addKeyValue("length", document.json().length()).log("document made");
      return document;
    } catch (IllegalArgumentException e) {
      throw GardenException.failure(String.valueOf(e.getMessage()), e);
    }
  }

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

  private static List<MappedDirectory> mounts(String handle, List<OciMount> mounts) {
    List<MappedDirectory> directories = new ArrayList<>();
    for (OciMount mount : mounts) {
      if (isPipe(mount.source())) {
        continue;
      }
      Path source = source(mount.source());
      if (!Files.isDirectory(source)) {
        log.atError()
            .addKeyValue("mount", mount.source())
            .log("mount is not a directory, ignoring");
        continue;
      }
      boolean writable = mount.options().contains("rw");
      if (writable && mount.options().contains("ro")) {
        throw GardenException.failure(
            "invalid mount options for container %s: [%s]"
                .formatted(handle, String.join(" ", mount.options())));
      }
      directories.add(
          MappedDirectory.of(
              mount.source(), WindowsPaths.inContainer(mount.destination()), !writable));
    }
    return directories;
  }

  /** Named pipes of the host; the reference ignores such mounts. */
  private static List<MappedPipe> pipes(List<OciMount> mounts) {
    return mounts.stream()
        .filter(mount -> isPipe(mount.source()))
        .map(mount -> new MappedPipe(mount.source(), pipeName(mount.destination())))
        .toList();
  }

  private static boolean isPipe(String source) {
    return source.regionMatches(true, 0, PIPE, 0, PIPE.length());
  }

  private static String pipeName(String destination) {
    return isPipe(destination)
        ? destination.substring(PIPE.length())
        : WindowsPaths.lastElement(destination);
  }

  private static Path source(String text) {
    try {
      Path source = Path.of(text);
      if (!text.isEmpty() && Files.exists(source)) {
        return source;
      }
      throw GardenException.failure(
          "GetFileAttributesEx %s: %s".formatted(text, FileFailures.missing(source)));
    } catch (InvalidPathException e) {
      throw GardenException.failure(
          "GetFileAttributesEx %s: The filename, directory name, or volume label syntax is incorrect."
              .formatted(text),
          e);
    }
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
