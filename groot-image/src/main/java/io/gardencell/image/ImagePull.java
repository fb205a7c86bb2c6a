package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.image.registry.ImageDescription;
import io.gardencell.image.registry.ImageSource;
import io.gardencell.image.registry.LayerInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Brings the layers of one image into the store. One use, one thread; downloads use up to four. */
final class ImagePull {

  /** What was pulled: bytes and chain ids, base first. */
  record Pulled(long size, List<String> chainIds, List<String> env) {}

  private static final int DOWNLOADS = 4;

  private final DriverStore store;
  private final LayerStore layers;
  private final ImageSource source;
  private final Consumer<String> progress;
  private final Map<LayerInfo, Future<Path>> downloads = new HashMap<>();
  private final Semaphore room = new Semaphore(DOWNLOADS * 2);

  ImagePull(DriverStore store, LayerStore layers, ImageSource source, Consumer<String> progress) {
    this.store = store;
    this.layers = layers;
    this.source = source;
    this.progress = progress;
  }

  static ImageDescription describe(ImageSource source) {
    try {
      return source.describe();
    } catch (IOException | GardenException e) {
      String reason = e instanceof IOException io ? DriverStore.reason(io) : e.getMessage();
      throw GardenException.failure("fetching list of layer infos: " + reason, e);
    }
  }

  /**
   * Pulls.
   *
   * @param limit most bytes of the image, negative for no limit
   */
  Pulled run(ImageDescription image, long limit) {
    long stored = image.layers().stream().mapToLong(LayerInfo::size).sum();
    if (limit >= 0 && stored > limit) {
      throw GardenException.failure("layers exceed disk quota " + stored + "/" + limit + " bytes");
    }
    ExecutorService pool = Executors.newFixedThreadPool(DOWNLOADS, r -> thread(r));
    try {
      if (source.isRemote()) {
        for (LayerInfo layer : image.layers()) {
          if (layers.find(layer.chainId()).isEmpty()) {
            downloads.put(layer, pool.submit(() -> download(layer)));
          }
        }
      }
      return unpack(image, limit);
    } finally {
      downloads.values().forEach(d -> d.cancel(true));
      pool.shutdownNow();
      downloads.values().forEach(ImagePull::forget);
    }
  }

  private Pulled unpack(ImageDescription image, long limit) {
    long total = 0;
    List<String> chainIds = new ArrayList<>();
    for (LayerInfo layer : image.layers()) {
      progress.accept("layer " + layer.blobId());
      long left = limit < 0 ? -1 : Math.max(0, limit - total);
      total += layers.ensure(layer, chainIds, this::open, left);
      chainIds.add(layer.chainId());
    }
    if (limit >= 0 && total > limit) {
      throw GardenException.failure("uncompressed layer size exceeds quota");
    }
    return new Pulled(total, chainIds, image.env());
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "image-download");
    thread.setDaemon(true);
    return thread;
  }

  private InputStream open(LayerInfo layer) throws IOException {
    Future<Path> download = downloads.get(layer);
    if (download == null) {
      return source.open(layer);
    }
    try {
      InputStream in = Files.newInputStream(download.get(), StandardOpenOption.DELETE_ON_CLOSE);
      room.release();
      return in;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while downloading " + layer.blobId(), e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw new IOException(String.valueOf((cause == null ? e : cause).getMessage()), e);
    }
  }

  private Path download(LayerInfo layer) throws IOException, InterruptedException {
    room.acquire();
    Files.createDirectories(store.temporary());
    Path file = Files.createTempFile(store.temporary(), "blob-", "");
    boolean done = false;
    try (InputStream in = source.open(layer)) {
      Files.copy(in, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      done = true;
      return file;
    } finally {
      if (!done) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void forget(Future<Path> download) {
    if (!download.isDone() || download.isCancelled()) {
      return;
    }
    try {
      Files.deleteIfExists(download.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | IOException e) {
      // Told by the layer that needed it; what is left is removed by the next start.
    }
  }
}
