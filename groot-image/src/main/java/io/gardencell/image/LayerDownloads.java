package io.gardencell.image;

import io.gardencell.image.source.ImageSource;
import io.gardencell.image.source.LayerInfo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Fetches the layers that a pull misses side by side, while it unpacks them one by one. Each is
 * fetched under the lock of its layer, so what two pulls miss is fetched once. Locks are taken base
 * first by everyone; whoever holds the lowest missing one can always go on.
 *
 * <p>At most eight files wait to be unpacked. Made, used and closed by one thread.
 */
final class LayerDownloads implements AutoCloseable {

  private static final int AT_ONCE = 4;
  private static final int WAITING = 8;
  private static final AtomicInteger NUMBER = new AtomicInteger();

  /**
   * A layer that this pull is to make.
   *
   * @param file stored bytes
   */
  record Fetched(StoreLocks.Held lock, Path file) {

    InputStream open() throws IOException {
      return Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE);
    }
  }

  private final DriverStore store;
  private final LayerStore layers;
  private final ImageSource source;
  private final Progress progress;
  private final Path directory;
  private final ExecutorService pool =
      Executors.newFixedThreadPool(AT_ONCE, LayerDownloads::thread);
  private final Semaphore room = new Semaphore(WAITING);
  private final Map<LayerInfo, Future<Fetched>> running = new LinkedHashMap<>();

  LayerDownloads(
      DriverStore store, LayerStore layers, ImageSource source, Progress progress, Path directory) {
    this.store = store;
    this.layers = layers;
    this.source = source;
    this.progress = progress;
    this.directory = directory;
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "image-download-" + NUMBER.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  /** Begins to fetch what is missing, base first. */
  void begin(List<LayerInfo> image) {
    for (LayerInfo layer : image) {
      if (layers.find(layer.chainId()).isEmpty()) {
        running.put(layer, pool.submit(() -> fetch(layer)));
      }
    }
  }

  private Fetched fetch(LayerInfo layer) throws IOException, InterruptedException {
    room.acquire();
    StoreLocks.Held lock = store.lockLayer(layer.chainId());
    boolean done = false;
    try {
      Path file = Files.createTempFile(directory, "blob-", "");
      if (layers.find(layer.chainId()).isEmpty()) {
        copy(layer, file);
      }
      done = true;
      return new Fetched(lock, file);
    } finally {
      if (!done) {
        lock.close();
      }
    }
  }

  /** Stops at what the manifest promises, and before the disk is full: a sender need not. */
  private void copy(LayerInfo layer, Path file) throws IOException {
    long space = store.room();
    if (layer.size() > space) {
      throw new IOException("layer of " + layer.size() + " bytes, but there is room for " + space);
    }
    long left = layer.size() < 0 ? space : layer.size();
    try (InputStream in = source.open(layer);
        var out = Files.newOutputStream(file)) {
      byte[] buffer = new byte[64 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        left -= n;
        if (left < 0) {
          throw new IOException(
              layer.size() < 0
                  ? "layer has more than the " + space + " bytes that there is room for"
                  : "layer size is different from the value in the manifest");
        }
        out.write(buffer, 0, n);
        progress.downloaded(layer, n);
      }
    }
  }

  /** Waits for a layer and hands it over with its lock; the caller closes that. */
  Fetched await(LayerInfo layer) throws IOException {
    Future<Fetched> download = running.remove(layer);
    if (download == null) {
      throw new IllegalStateException("not begun: " + layer.chainId());
    }
    try {
      return download.get();
    } catch (InterruptedException e) {
      running.put(layer, download);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while downloading " + layer.blobId(), e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(String.valueOf(cause.getMessage()), cause);
    } finally {
      room.release();
    }
  }

  /** Whether the layer is being fetched. */
  boolean has(LayerInfo layer) {
    return running.containsKey(layer);
  }

  /** Ends all downloads and releases the locks of those that nobody took over. */
  @Override
  public void close() {
    pool.shutdownNow();
    boolean interrupted = false;
    try {
      pool.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    for (Future<Fetched> download : running.values()) {
      if (!download.isDone()) {
        continue; // never begun
      }
      try {
        download.get().lock().close();
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException | CancellationException e) {
        // It has released its lock itself.
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
