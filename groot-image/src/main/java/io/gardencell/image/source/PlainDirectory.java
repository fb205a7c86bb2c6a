package io.gardencell.image.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A directory of files as an image of one layer; the reference has nothing of the kind. One that
 * has a directory {@code Files} is taken for a Windows layer, of which {@code Files} and {@code
 * UtilityVM/Files} count; of others everything is the root of the container. Names, bytes, times,
 * Unix modes and symbolic links are taken; hard links become files of their own; owners, security
 * descriptors and alternate streams are not.
 *
 * <p>What was seen of names, sizes, times and modes names the layer. Any thread.
 */
public final class PlainDirectory implements ImageSource {

  private final Path directory;
  private final boolean belowFiles;

  /**
   * A directory.
   *
   * @param belowFiles whether what is no Windows layer is put below {@code Files} here, for hosts
   *     that know Windows layers alone
   */
  public PlainDirectory(Path directory, boolean belowFiles) {
    this.directory = directory;
    this.belowFiles = belowFiles;
  }

  /** Whether a path is a directory with something in it, and that no OCI layout. */
  public static boolean isOne(Path path) throws IOException {
    if (!Files.isDirectory(path) || Files.exists(path.resolve("index.json"))) {
      return false;
    }
    try (Stream<Path> all = Files.list(path)) {
      return all.findAny().isPresent();
    }
  }

  @Override
  public Optional<String> file() {
    return Optional.of(directory.toString());
  }

  @Override
  public ImageDescription describe() throws IOException {
    DirectoryWalk walk = walk();
    while (walk.next().isPresent()) {
      // Only what it has seen in the end is wanted.
    }
    String chain = chainId(walk.seen());
    return new ImageDescription(
        List.of(new LayerInfo(directory.toString(), null, null, chain, -1, "", List.of())),
        List.of());
  }

  private String chainId(String seen) {
    return Digest.sha256((directory + "-" + seen).getBytes(StandardCharsets.UTF_8)).hex();
  }

  private DirectoryWalk walk() {
    if (!Files.isDirectory(directory.resolve("Files"), LinkOption.NOFOLLOW_LINKS)) {
      return new DirectoryWalk(directory, belowFiles ? "Files/" : "", name -> true);
    }
    return new DirectoryWalk(
        directory,
        "",
        name ->
            name.equals("Files")
                || name.startsWith("Files/")
                || name.equals("UtilityVM")
                || name.equals("UtilityVM/Files")
                || name.startsWith("UtilityVM/Files/"));
  }

  /** A tar of what is there now; ends with a failure if that is not what was described. */
  @Override
  public InputStream open(LayerInfo layer) {
    return new DirectoryTar(
        walk(),
        seen -> {
          if (!chainId(seen).equals(layer.chainId())) {
            throw new IOException("reading local image: " + directory + " changed meanwhile");
          }
        });
  }
}
