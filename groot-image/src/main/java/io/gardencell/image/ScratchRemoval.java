package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.ScratchLayers;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** DestroyLayer with the patience that a busy file system needs (Source: groot-windows: hcs/). */
record ScratchRemoval(ScratchLayers layers) {

  private static final int ROUNDS = 5;

  void destroy(Path layer) {
    String unprepare = "";
    String deactivate = "";
    HcsException last = null;
    for (int round = 0; round < ROUNDS; round++) {
      if (round > 0) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50L << round));
      }
      unprepare = text("UnprepareLayer -", attempt(() -> layers.unprepare(layer)));
      deactivate = text("DeactivateLayer-", attempt(() -> layers.deactivate(layer)));
      last = attempt(() -> layers.destroy(layer));
      if (last == null || last.isNotFound()) {
        return;
      }
    }
    throw GardenException.failure(
        "failed to remove layer (unprepare error: %s, deactivate error: %s, destroy error: %s)"
            .formatted(unprepare, deactivate, text("DestroyLayer -", last)),
        last == null ? new IllegalStateException("no round") : last);
  }

  private static @Nullable HcsException attempt(Runnable step) {
    try {
      step.run();
      return null;
    } catch (HcsException e) {
      return e;
    }
  }

  private static String text(String function, @Nullable HcsException e) {
    return e == null ? "<nil>" : hcsText(function, e);
  }

  /** The text that hcsshim gives a failure, doubled word and all. */
  static String hcsText(String function, HcsException e) {
    return "hcsshim::%s failed failed in Win32: %s (0x%x)"
        .formatted(function, e.getMessage(), e.code());
  }
}
