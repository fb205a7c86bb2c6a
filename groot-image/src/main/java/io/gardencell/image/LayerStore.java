package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.api.files.AtomicFile;
import io.gardencell.api.files.FileTree;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.image.layer.LayerUnpacker;
import io.gardencell.image.source.ByteLimit;
import io.gardencell.image.source.FileReasons;
import io.gardencell.image.source.LayerInfo;
import io.gardencell.image.source.VerifiedLayer;
import io.gardencell.image.trace.LayerTrace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacked layers by chain id. A layer is complete when it has its {@code size} file, which is
 * written last; whatever has none is rubbish. So a crash leaves no half layer that could pass for a
 * whole one. {@code parent} beside it names the layer it was made on. Any thread, any process.
 */
final class LayerStore {

  private static final Logger log = LoggerFactory.getLogger(LayerStore.class);

  private static final String SIZE = "size";

  /** Opens the stored bytes of a layer. */
  @FunctionalInterface
  interface Opener {
    InputStream open(LayerInfo layer) throws IOException;
  }

  private final Host host;
  private final DriverStore store;
  private final ScratchRemoval removal;
  private final ImageConfig.LayerLimits limits;

  LayerStore(Host host, DriverStore store, ImageConfig.LayerLimits limits) {
    this.host = host;
    this.store = store;
    this.limits = limits;
    this.removal = new ScratchRemoval(host.scratchLayers());
  }

  /** Size of a complete layer. */
  OptionalLong find(String chainId) {
    try {
      long size = Long.parseLong(Files.readString(sizeFile(chainId)).strip());
      return size < 0 || !isWhole(chainId) ? OptionalLong.empty() : OptionalLong.of(size);
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    } catch (NumberFormatException e) {
      log.atDebug().addKeyValue("layer", chainId).log("layer with a spoiled size is made again");
      return OptionalLong.empty();
    } catch (IOException e) {
      throw DriverStore.failed("reading", sizeFile(chainId), e);
    }
  }

  private boolean isWhole(String chainId) {
    return Files.isDirectory(store.layer(chainId).resolve("Files"));
  }

  private Path sizeFile(String chainId) {
    return store.layer(chainId).resolve(SIZE);
  }

  private Path parentFile(String chainId) {
    return store.layer(chainId).resolve("parent");
  }

  /**
   * A layer just made.
   *
   * @param size bytes of its files
   * @param streamed bytes of its tar
   */
  record Made(long size, long streamed) {}

  /**
   * Makes a layer anew. The caller holds the layer's lock and knows that there is no complete one.
   *
   * @param parents chain ids, base first
   * @param quota most bytes it may have, negative for no limit
   * @param temporary an existing directory for the import
   */
  Made make(
      LayerInfo layer,
      List<String> parents,
      Opener opener,
      long quota,
      Path temporary,
      LayerTrace trace) {
    Path directory = store.layer(layer.chainId());
    clear(layer.chainId(), trace);
    boolean done = false;
    LayerTrace.Streaming streaming = trace.streaming();
    try {
      Made made = write(layer, parents, opener, quota, temporary);
      if (!parents.isEmpty()) {
        AtomicFile.write(parentFile(layer.chainId()), parents.get(parents.size() - 1));
      }
      AtomicFile.write(directory.resolve(SIZE), Long.toString(made.size()));
      done = true;
      streaming.close();
      return made;
    } catch (GardenException e) {
      streaming.failed(e.getMessage());
      throw e;
    } catch (IOException e) {
      streaming.close();
      throw GardenException.failure(FileReasons.of("open", e), e);
    } catch (HcsException e) {
      streaming.close();
      throw GardenException.failure(ScratchRemoval.hcsText(e), e);
    } finally {
      if (!done) {
        abandon(layer.chainId());
      }
    }
  }

  private Made write(
      LayerInfo layer, List<String> parents, Opener opener, long quota, Path temporary)
      throws IOException {
    Path directory = store.layer(layer.chainId());
    Path importFolder = Files.createTempDirectory(temporary, "hcs");
    try (VerifiedLayer tar = open(layer, opener, limit(quota, parents.isEmpty() ? 1 : 2))) {
      Files.createDirectories(directory);
      LayerUnpacker unpacker =
          new LayerUnpacker(host, !host.name().equals("hcs"), limits.entries());
      long size = unpacker.unpack(directory, newestFirst(parents), importFolder, tar);
      return new Made(size, tar.bytes());
    } finally {
      FileTree.remove(importFolder);
    }
  }

  /**
   * The least of what is allowed and what there is room for.
   *
   * @param copies how often the layer will lie on the disk for a while
   */
  private ByteLimit limit(long quota, int copies) throws IOException {
    ByteLimit limit =
        ByteLimit.ofLayer(limits.bytes()).and(ByteLimit.ofSpace(store.room() / copies));
    return quota < 0 ? limit : ByteLimit.ofQuota(quota).and(limit);
  }

  private static VerifiedLayer open(LayerInfo layer, Opener opener, ByteLimit limit) {
    InputStream raw;
    try {
      raw = opener.open(layer);
    } catch (IOException | GardenException e) {
      String reason = e instanceof IOException io ? FileReasons.of("open", io) : e.getMessage();
      throw GardenException.failure(
          "opening stream for blob `" + layer.blobId() + "`: " + reason, e);
    }
    return VerifiedLayer.of(layer, raw, limit);
  }

  /** Removes what an interrupted pull left, and drops what was built on it: it may not fit. */
  private void clear(String chainId, LayerTrace trace) {
    for (String child : children(chainId)) {
      drop(child);
    }
    try {
      boolean known = host.scratchLayers().exists(store.layer(chainId));
      if (!known && !Files.exists(store.layer(chainId))) {
        return;
      }
    } catch (HcsException e) {
      throw GardenException.failure(ScratchRemoval.hcsText(e), e);
    }
    trace.outOfDate();
    destroy(chainId);
  }

  private void drop(String chainId) {
    if (Files.exists(sizeFile(chainId))) {
      log.atInfo().addKeyValue("layerID", chainId).log("layer on an out-of-date one dropped");
      unmark(chainId);
    }
    children(chainId).forEach(this::drop);
  }

  /** Layers that were made on this one, as far as that is known. */
  List<String> children(String parent) {
    return DriverStore.names(store.layers()).stream()
        .filter(id -> !id.equals(parent) && parent(id).filter(parent::equals).isPresent())
        .toList();
  }

  /** The layer that this one was made on; empty for a base layer and for one of the reference. */
  Optional<String> parent(String chainId) {
    try {
      return Optional.of(Files.readString(parentFile(chainId)).strip());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw DriverStore.failed("reading", parentFile(chainId), e);
    }
  }

  /** What of a layer is as old as it; whichever is the oldest tells. */
  List<Path> timesOf(String chainId) {
    return List.of(sizeFile(chainId), store.layer(chainId));
  }

  /** Layer folders, newest first, as the host wants them. */
  List<Path> newestFirst(List<String> chainIds) {
    List<Path> folders = new ArrayList<>();
    for (String chainId : chainIds) {
      folders.add(0, store.layer(chainId));
    }
    return folders;
  }

  /** Takes the mark of completeness away, so that nobody begins to use the layer. */
  void unmark(String chainId) {
    try {
      Files.deleteIfExists(sizeFile(chainId));
    } catch (IOException e) {
      throw DriverStore.failed("removing", sizeFile(chainId), e);
    }
  }

  /** Removes a layer: first its mark, so that a crash in between leaves no whole-looking half. */
  void destroy(String chainId) {
    unmark(chainId);
    Path directory = store.layer(chainId);
    try {
      if (host.scratchLayers().exists(directory)) {
        removal.destroy(directory);
      }
      FileTree.remove(directory);
    } catch (HcsException e) {
      throw GardenException.failure(ScratchRemoval.hcsText(e), e);
    } catch (IOException e) {
      throw DriverStore.failed("removing", directory, e);
    }
  }

  private void abandon(String chainId) {
    try {
      destroy(chainId);
    } catch (GardenException e) {
      log.atWarn().addKeyValue("layer", chainId).setCause(e).log("unfinished layer not removed");
    }
  }
}
