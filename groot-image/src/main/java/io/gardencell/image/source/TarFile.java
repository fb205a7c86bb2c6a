package io.gardencell.image.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One uncompressed tar as an image (Source: groot: fetcher/filefetcher). */
public final class TarFile implements ImageSource {

  private final String path;

  /** The file of this path. */
  public TarFile(String path) {
    this.path = path;
  }

  @Override
  public Optional<String> file() {
    return Optional.of(path);
  }

  @Override
  public ImageDescription describe() throws IOException {
    if (path.isEmpty()) {
      throw new IOException("fetching image timestamp: Stat : no such file or directory");
    }
    try {
      Path file = Path.of(path);
      long nanos = Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS);
      String chain = Digest.sha256((path + "-" + nanos).getBytes(StandardCharsets.UTF_8)).hex();
      return new ImageDescription(
          List.of(new LayerInfo(path, null, null, chain, Files.size(file), "", List.of())),
          List.of());
    } catch (IOException e) {
      throw new IOException(
          "fetching image timestamp: " + FileReasons.of("GetFileAttributesEx", e), e);
    } catch (InvalidPathException e) {
      throw new IOException("fetching image timestamp: GetFileAttributesEx " + e.getMessage(), e);
    }
  }

  @Override
  public InputStream open(LayerInfo layer) throws IOException {
    Path file = Path.of(path);
    if (Files.isDirectory(file)) {
      throw new IOException("invalid base image: directory provided instead of a tar file");
    }
    try {
      return Files.newInputStream(file);
    } catch (NoSuchFileException e) {
      throw new IOException(
          "local image not found in `" + path + "`: " + FileReasons.of("open", e), e);
    } catch (IOException e) {
      throw new IOException("reading local image: " + FileReasons.of("open", e), e);
    }
  }
}
