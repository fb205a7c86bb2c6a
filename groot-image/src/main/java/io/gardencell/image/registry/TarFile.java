package io.gardencell.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One uncompressed tar as an image (Source: groot: fetcher/filefetcher). */
final class TarFile implements ImageSource {

  private final String path;

  TarFile(String path) {
    this.path = path;
  }

  @Override
  public ImageDescription describe() throws IOException {
    try {
      Path file = Path.of(path);
      long nanos = Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS);
      String chain = Digest.sha256((path + "-" + nanos).getBytes(StandardCharsets.UTF_8)).hex();
      return new ImageDescription(
          List.of(new LayerInfo(path, null, null, chain, Files.size(file), "", List.of())),
          List.of());
    } catch (IOException | InvalidPathException e) {
      throw new IOException("fetching image timestamp: " + e.getMessage(), e);
    }
  }

  @Override
  public InputStream open(LayerInfo layer) throws IOException {
    Path file = Path.of(path);
    if (Files.isDirectory(file)) {
      throw new IOException("invalid base image: directory provided instead of a tar file");
    }
    return Files.newInputStream(file);
  }
}
