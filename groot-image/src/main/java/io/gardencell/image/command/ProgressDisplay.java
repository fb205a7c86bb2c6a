package io.gardencell.image.command;

import io.gardencell.api.GardenException;
import io.gardencell.image.Progress;
import io.gardencell.image.source.LayerInfo;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Shows a pull on standard error: a bar that moves on a terminal, or a line for each layer. Any
 * thread.
 */
final class ProgressDisplay implements Progress, AutoCloseable {

  private enum Kind {
    NONE,
    PLAIN,
    BAR
  }

  private static final int WIDTH = 30;
  private static final long REDRAW_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Kind kind;
  private final PrintStream out;
  private long total;
  private long loaded;
  private int layers;
  private int done;
  private long drawn;
  private boolean open;

  private ProgressDisplay(Kind kind, PrintStream out) {
    this.kind = kind;
    this.out = out;
  }

  /**
   * A display.
   *
   * @param wanted {@code auto}, {@code bar}, {@code plain} or {@code log}
   */
  static ProgressDisplay of(String wanted, BooleanSupplier terminal, OutputStream err) {
    Kind kind =
        switch (wanted) {
          case "auto" -> terminal.getAsBoolean() ? Kind.BAR : Kind.NONE;
          case "bar" -> Kind.BAR;
          case "plain" -> Kind.PLAIN;
          case "log" -> Kind.NONE;
          default ->
              throw GardenException.failure(
                  "progress: '" + wanted + "' (expected: auto, bar, plain or log)");
        };
    return new ProgressDisplay(kind, new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  /** Whether it writes anything. */
  boolean isShown() {
    return kind != Kind.NONE;
  }

  @Override
  public synchronized void begun(List<LayerInfo> all, int missing) {
    layers = all.size();
    total = all.stream().mapToLong(l -> Math.max(0, l.size())).sum();
    if (kind == Kind.PLAIN) {
      out.printf("%d layers, %s, %d missing%n", layers, bytes(total), missing);
    }
    draw(true);
  }

  @Override
  public synchronized void downloaded(LayerInfo layer, long bytes) {
    loaded += bytes;
    draw(false);
  }

  @Override
  public synchronized void done(LayerInfo layer, boolean wasCached) {
    done++;
    if (wasCached) {
      loaded += Math.max(0, layer.size());
    }
    if (kind == Kind.PLAIN) {
      out.printf(
          "layer %d/%d %s %s%n", done, layers, wasCached ? "cached" : "unpacked", layer.blobId());
    }
    draw(true);
  }

  private void draw(boolean always) {
    long now = System.nanoTime();
    if (kind != Kind.BAR || (!always && now - drawn < REDRAW_NANOS)) {
      return;
    }
    drawn = now;
    open = true;
    long shown = Math.min(loaded, total);
    int byLayers = layers == 0 ? WIDTH : WIDTH * done / layers;
    int filled = total == 0 ? byLayers : (int) (WIDTH * shown / total);
    out.print(
        "\r[%s%s] %slayer %d of %d "
            .formatted(
                "#".repeat(filled),
                ".".repeat(WIDTH - filled),
                total == 0 ? "" : bytes(shown) + " of " + bytes(total) + ", ",
                Math.min(done + 1, layers),
                layers));
    out.flush();
  }

  private static String bytes(long count) {
    return String.format(Locale.ROOT, "%.1f MB", count / 1e6);
  }

  @Override
  public synchronized void close() {
    if (open) {
      out.println();
      open = false;
    }
  }
}
