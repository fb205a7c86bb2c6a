package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.ScratchLayers;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** DestroyLayer with the patience that a busy file system needs (Source: groot-windows: hcs/). */
record ScratchRemoval(ScratchLayers layers) {

  private static final int ROUNDS = 5;
  private static final long FIRST_PAUSE_MILLIS = 100;

  /** Names and dashes as the reference prints them, oddities and all. */
  private static final Map<String, String> SHOWN =
      Map.of(
          "CreateSandboxLayer", "CreateScratchLayer -",
          "DeactivateLayer", "DeactivateLayer-");

  void destroy(Path layer) {
    HcsException unprepare = null;
    HcsException deactivate = null;
    HcsException destroy = null;
    for (int round = 0; round < ROUNDS; round++) {
      if (round > 0) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(FIRST_PAUSE_MILLIS << (round - 1)));
      }
      unprepare = attempt(() -> layers.unprepare(layer));
      deactivate = attempt(() -> layers.deactivate(layer));
      destroy = attempt(() -> layers.destroy(layer));
      if (destroy == null || destroy.isNotFound()) {
        return;
      }
    }
    throw GardenException.failure(
        "failed to remove layer (unprepare error: %s, deactivate error: %s, destroy error: %s)"
            .formatted(text(unprepare), text(deactivate), text(destroy)),
        destroy == null ? new IllegalStateException("no round") : destroy);
  }

  private static @Nullable HcsException attempt(Runnable step) {
    try {
      step.run();
      return null;
    } catch (HcsException e) {
      return e;
    }
  }

  private static String text(@Nullable HcsException e) {
    return e == null ? "<nil>" : hcsText(e);
  }

  /** The text that hcsshim gives a failure, doubled word and all. */
  static String hcsText(HcsException e) {
    return "hcsshim::%s failed failed in Win32: %s (0x%x)"
        .formatted(SHOWN.getOrDefault(e.function(), e.function() + " -"), e.getMessage(), e.code());
  }
}
