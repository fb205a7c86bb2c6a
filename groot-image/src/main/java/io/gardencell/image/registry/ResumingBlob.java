package io.gardencell.image.registry;

import io.gardencell.api.files.BlockInputStream;
import io.gardencell.image.source.LayerInfo;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes of a blob that go on by Range where a connection broke: the first time, and again as long
 * as each connection brought something worth it (Source: containers/image: docker/body_reader.go).
 * One thread.
 */
final class ResumingBlob extends BlockInputStream {

  /** Asks for the blob from an offset on. */
  interface Opening {
    HttpAnswer from(long offset) throws IOException;
  }

  private static final Logger log = LoggerFactory.getLogger(ResumingBlob.class);
  private static final long WORTH_IT = 1024 * 1024;
  private static final Duration LONG_AGO = Duration.ofSeconds(60);

  private final String blob;
  private final long size;
  private final Pause pause;
  private final Retries retries;
  private final Opening opening;
  private InputStream in;
  private long position;
  private long resumedAt = -1;
  private long resumedTime;

  /**
   * A blob that was just opened.
   *
   * @param size bytes expected, -1 if unknown
   */
  private ResumingBlob(
      String blob, InputStream first, long size, Pause pause, Retries retries, Opening opening) {
    this.blob = blob;
    this.in = first;
    this.size = size;
    this.pause = pause;
    this.retries = retries;
    this.opening = opening;
  }

  /** The stored bytes of a layer, which has the size that its manifest says. */
  static InputStream open(LayerInfo layer, Retries retries, Pause pause, Opening opening)
      throws IOException {
    HttpAnswer first = retries.run("blob", () -> opening.from(0));
    if (first.length() >= 0 && layer.size() >= 0 && first.length() != layer.size()) {
      first.close();
      throw new IOException("layer size is different from the value in the manifest");
    }
    long size = Math.max(layer.size(), first.length());
    return new ResumingBlob(layer.blobId(), first.body(), size, pause, retries, opening);
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    while (true) {
      IOException broken;
      try {
        int n = in.read(into, offset, length);
        if (n > 0) {
          position += n;
        }
        if (n >= 0 || position >= size) {
          return n;
        }
        broken = new EOFException("unexpected EOF");
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException e) {
        broken = e;
      }
      resume(broken);
    }
  }

  private void resume(IOException broken) throws IOException {
    long now = System.nanoTime();
    boolean first = resumedAt < 0;
    if (!first && position - resumedAt < WORTH_IT && now - resumedTime < LONG_AGO.toNanos()) {
      throw broken;
    }
    log.atInfo()
        .addKeyValue("blob", blob)
        .addKeyValue("offset", position)
        .addKeyValue("reason", broken.getMessage())
        .log("download broke off, going on where it stopped");
    in.close();
    resumedAt = position;
    resumedTime = now;
    pause.forAWhile(Duration.ofSeconds(1));
    try {
      in = retries.run("blob", () -> opening.from(position)).body();
    } catch (IOException e) {
      e.addSuppressed(broken);
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
