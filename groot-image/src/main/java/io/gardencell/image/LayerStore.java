package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.image.layer.LayerUnpacker;
import io.gardencell.image.registry.LayerInfo;
import io.gardencell.image.registry.VerifiedLayer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacked layers by chain id. A layer is complete when it has its {@code size} file, and whatever
 * has none is rubbish; so a crash leaves no half layer behind. Any thread, any process.
 */
final class LayerStore {

  private static final Logger log = LoggerFactory.getLogger(LayerStore.class);

  /** Opens the stored bytes of a layer. */
  @FunctionalInterface
  interface Opener {
    InputStream open(LayerInfo layer) throws IOException;
  }

  private final Host host;
  private final DriverStore store;
  private final ScratchRemoval removal;

  LayerStore(Host host, DriverStore store) {
    this.host = host;
    this.store = store;
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
      log.atWarn().addKeyValue("layer", chainId).log("layer with a spoiled size is made again");
      return OptionalLong.empty();
    } catch (IOException e) {
      throw DriverStore.failed("reading", sizeFile(chainId), e);
    }
  }

  private boolean isWhole(String chainId) {
    return Files.isDirectory(store.layer(chainId).resolve("Files"));
  }

  private Path sizeFile(String chainId) {
    return store.layer(chainId).resolve("size");
  }

  /**
   * Makes a layer unless it is there.
   *
   * @param parents chain ids, base first
   * @param quota most bytes it may have, negative for no limit
   * @return its size
   */
  long ensure(LayerInfo layer, List<String> parents, Opener opener, long quota) {
    OptionalLong size = find(layer.chainId());
    if (size.isPresent()) {
      return size.getAsLong();
    }
    try (StoreLock lock = store.lockLayer(layer.chainId())) {
      size = find(layer.chainId());
      if (size.isPresent()) {
        return size.getAsLong();
      }
      return make(layer, parents, opener, quota);
    }
  }

  private long make(LayerInfo layer, List<String> parents, Opener opener, long quota) {
    Path directory = store.layer(layer.chainId());
    destroy(layer.chainId());
    Path importFolder = null;
    boolean done = false;
    try {
      Files.createDirectories(directory);
      Files.createDirectories(store.temporary());
      importFolder = Files.createTempDirectory(store.temporary(), "hcs");
      long size;
      try (VerifiedLayer tar = open(layer, opener, quota)) {
        LayerUnpacker unpacker = new LayerUnpacker(host, !host.name().equals("hcs"));
        size = unpacker.unpack(directory, newestFirst(parents), importFolder, tar, tar::verify);
      }
      DriverStore.write(directory.resolve("size"), Long.toString(size));
      done = true;
      return size;
    } catch (IOException | UncheckedIOException e) {
      throw GardenException.failure(String.valueOf(e.getMessage()), e);
    } catch (HcsException e) {
      throw GardenException.failure(
          "%s %s: %s (0x%x)".formatted(e.function(), e.target(), e.getMessage(), e.code()), e);
    } finally {
      if (!done) {
        abandon(layer.chainId());
      }
      if (importFolder != null) {
        DriverStore.removeTree(importFolder);
      }
    }
  }

  private static VerifiedLayer open(LayerInfo layer, Opener opener, long quota) {
    try {
      return VerifiedLayer.of(layer, opener.open(layer), quota);
    } catch (IOException | GardenException e) {
      String reason = e instanceof IOException io ? DriverStore.reason(io) : e.getMessage();
      throw GardenException.failure(
          "opening stream for blob `" + layer.blobId() + "`: " + reason, e);
    }
  }

  /** Layer folders, newest first, as the host wants them. */
  List<Path> newestFirst(List<String> chainIds) {
    List<Path> folders = new ArrayList<>();
    for (String chainId : chainIds) {
      folders.add(0, store.layer(chainId));
    }
    return folders;
  }

  /** Removes a layer: first its mark, so that a crash in between leaves no whole-looking half. */
  void destroy(String chainId) {
    try {
      Files.deleteIfExists(sizeFile(chainId));
    } catch (IOException e) {
      throw DriverStore.failed("removing", sizeFile(chainId), e);
    }
    Path directory = store.layer(chainId);
    if (host.scratchLayers().exists(directory)) {
      removal.destroy(directory);
    }
    DriverStore.removeTree(directory);
  }

  private void abandon(String chainId) {
    try {
      destroy(chainId);
    } catch (GardenException | HcsException | UncheckedIOException e) {
      log.atWarn().addKeyValue("layer", chainId).setCause(e).log("unfinished layer not removed");
    }
  }
}
