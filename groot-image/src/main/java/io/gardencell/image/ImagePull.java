package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.image.source.FileReasons;
import io.gardencell.image.source.ImageDescription;
import io.gardencell.image.source.ImageSource;
import io.gardencell.image.source.LayerInfo;
import io.gardencell.image.trace.LayerTrace;
import io.gardencell.image.trace.Trace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Brings the layers of one image into the store. One use, one thread; downloads use up to four. */
final class ImagePull {

  /** What was pulled: bytes and chain ids, base first. */
  record Pulled(long size, List<String> chainIds, List<String> env) {}

  private static final String REFERENCE = "fetching image reference: ";
  private static final String CONFIG = "fetching image configuration: ";

  private final DriverStore store;
  private final LayerStore layers;
  private final ImageSource source;
  private final Progress progress;
  private final Path directory;
  private final Trace trace;
  private boolean limited;
  private long remaining;

  /**
   * A pull.
   *
   * @param directory existing, for temporary files, the caller's to remove
   */
  ImagePull(
      DriverStore store,
      LayerStore layers,
      ImageSource source,
      Progress progress,
      Path directory,
      Trace trace) {
    this.store = store;
    this.layers = layers;
    this.source = source;
    this.progress = progress;
    this.directory = directory;
    this.trace = trace;
  }

  static ImageDescription describe(ImageSource source, Trace outer) {
    Map<String, Object> about =
        source.file().<Map<String, Object>>map(f -> Map.of("imagePath", f)).orElse(Map.of());
    try (Trace.Step digest = outer.step("layers-digest", about)) {
      if (source.file().isPresent()) {
        return source.describe();
      }
      try (Trace.Step fetching = digest.trace().step("fetching-image-manifest")) {
        return describe(source, fetching);
      }
    } catch (IOException | GardenException e) {
      throw GardenException.failure("fetching list of layer infos: " + reason(e), e);
    }
  }

  private static ImageDescription describe(ImageSource source, Trace.Step fetching)
      throws IOException {
    try {
      return source.describe();
    } catch (IOException | GardenException e) {
      String reason = reason(e);
      boolean config = reason.startsWith(CONFIG);
      fetching
          .trace()
          .error(
              config ? "fetching-image-config-failed" : "fetching-image-reference-failed",
              reason.replaceFirst("^" + (config ? CONFIG : REFERENCE), ""),
              Map.of());
      throw e;
    }
  }

  private static String reason(Exception e) {
    return e instanceof IOException io
        ? FileReasons.of("open", io)
        : String.valueOf(e.getMessage());
  }

  /**
   * Refuses before anything is fetched what cannot fit.
   *
   * @param limit most bytes of the image, negative for no limit
   */
  static void checkSizes(ImageDescription image, long limit, Trace trace) {
    long stored = image.layers().stream().mapToLong(l -> Math.max(0, l.size())).sum();
    if (limit >= 0 && stored > limit) {
      String reason = "layers exceed disk quota " + stored + "/" + limit + " bytes";
      trace.error(
          "blob-manifest-size-check-failed",
          reason,
          Map.of("totalSize", stored, "diskLimit", limit, "excludeImageFromQuota", false));
      throw GardenException.failure(reason);
    }
  }

  /**
   * Pulls.
   *
   * @param limit most bytes of the image, negative for no limit
   */
  Pulled run(ImageDescription image, long limit) {
    limited = limit >= 0;
    remaining = Math.max(0, limit);
    int missing = 0;
    for (LayerInfo layer : image.layers()) {
      missing += layers.find(layer.chainId()).isEmpty() ? 1 : 0;
    }
    progress.begun(image.layers(), missing);
    try (LayerDownloads downloads =
        new LayerDownloads(store, layers, source, progress, directory)) {
      if (source.isRemote()) {
        downloads.begin(image.layers());
      }
      long total = 0;
      List<String> chainIds = new ArrayList<>();
      for (LayerInfo layer : image.layers()) {
        total += ensure(layer, List.copyOf(chainIds), downloads);
        chainIds.add(layer.chainId());
      }
      return new Pulled(total, chainIds, image.env());
    }
  }

  private long ensure(LayerInfo layer, List<String> parents, LayerDownloads downloads) {
    String parent = parents.isEmpty() ? "" : parents.get(parents.size() - 1);
    Trace building =
        trace.session(
            "build-layer",
            Map.of("blobID", layer.blobId(), "chainID", layer.chainId(), "parentChainID", parent));
    try (Trace.Step step = building.between("unpack-start", "unpack-finished")) {
      if (!downloads.has(layer)) {
        OptionalLong size = layers.find(layer.chainId());
        if (size.isPresent()) {
          return cached(layer, size.getAsLong(), building);
        }
        try (StoreLocks.Held lock = store.lockLayer(layer.chainId())) {
          return make(layer, parents, source::open, building);
        }
      }
      LayerDownloads.Fetched fetched = await(layer, downloads);
      try (StoreLocks.Held lock = fetched.lock()) {
        return make(layer, parents, l -> fetched.open(), building);
      }
    }
  }

  private long cached(LayerInfo layer, long size, Trace building) {
    building.info("layer-id-exists", Map.of("layerID", layer.chainId()));
    remaining -= limited ? size : 0;
    progress.done(layer, true);
    return size;
  }

  private long make(
      LayerInfo layer, List<String> parents, LayerStore.Opener opener, Trace building) {
    OptionalLong size = layers.find(layer.chainId()); // somebody else may have made it meanwhile
    if (size.isPresent()) {
      return cached(layer, size.getAsLong(), building);
    }
    LayerStore.Made made =
        layers.make(
            layer,
            parents,
            opener,
            limited ? Math.max(0, remaining) : -1,
            directory,
            new LayerTrace(building, layer, remaining, !limited));
    remaining -= made.streamed();
    progress.done(layer, false);
    return made.size();
  }

  private static LayerDownloads.Fetched await(LayerInfo layer, LayerDownloads downloads) {
    try {
      return downloads.await(layer);
    } catch (IOException e) {
      throw GardenException.failure(
          "opening stream for blob `" + layer.blobId() + "`: " + FileReasons.of("open", e), e);
    }
  }
}
