package io.gardencell.image.trace;

import io.gardencell.image.source.LayerInfo;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is told while one layer is made; one thread.
 *
 * @param remaining bytes that the image may still have
 * @param unlimited whether that does not count
 */
public record LayerTrace(Trace building, LayerInfo layer, long remaining, boolean unlimited) {

  private static final Pattern STREAM =
      Pattern.compile("opening stream for blob `[^`]*`: (.*)", Pattern.DOTALL);
  private static final String STORING = "writing blob to tempfile: ";

  /** What there was of the layer does not fit any more and goes. */
  public void outOfDate() {
    building.info("layer-id-exists", Map.of("layerID", layer.chainId()));
    building.info("removing-out-of-date-layer", Map.of("layerID", layer.chainId()));
  }

  /** Bytes begin to come; the end is told when it is closed. */
  public Streaming streaming() {
    Trace.Step streaming = building.step("streaming");
    Trace.Step blob =
        streaming
            .trace()
            .step(
                "streaming-blob",
                Map.of(
                    "digest", layer.blobId(),
                    "remainingImageQuota", remaining,
                    "skipImageQuotaValidation", unlimited));
    return new Streaming(streaming, blob, layer);
  }

  /** The bytes of a layer as they come. */
  public record Streaming(Trace.Step streaming, Trace.Step blob, LayerInfo layer)
      implements AutoCloseable {

    /** The layer failed; says so if it was for its bytes and not for what is in them. */
    public void failed(@Nullable String message) {
      Matcher m = STREAM.matcher(String.valueOf(message));
      if (!m.matches()) {
        close();
        return;
      }
      String reason = m.group(1);
      if (reason.startsWith(STORING)) {
        String inner = reason.substring(STORING.length());
        blob.trace().error("writing-blob-to-file", inner, Map.of());
      } else if (reason.startsWith("open ") || reason.startsWith("fetching blob")) {
        blob.trace().error("attempt-get-blob-failed", reason, Map.of());
      }
      blob.close();
      Map<String, @Nullable Object> about = new HashMap<>();
      about.put("blobId", layer.blobId());
      about.put("URL", layer.urls().isEmpty() ? null : layer.urls());
      streaming.trace().error("source-blob-failed", reason, about);
      streaming.close();
    }

    @Override
    public void close() {
      blob.close();
      streaming.close();
    }
  }
}
