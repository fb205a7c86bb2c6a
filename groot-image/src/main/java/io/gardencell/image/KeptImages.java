package io.gardencell.image;

import io.gardencell.api.files.AtomicFile;
import io.gardencell.image.source.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Images that the operator wants to stay in the store: by chain id, or by URI, for which the layers
 * are noted whenever that URI is pulled. The URI itself is not, since it may hold a password. Any
 * thread.
 *
 * @param wanted chain ids and URIs
 */
record KeptImages(DriverStore store, Set<String> wanted) {

  private static final Pattern CHAIN_ID = Pattern.compile("[0-9a-f]{64}");

  KeptImages {
    wanted = Set.copyOf(wanted);
  }

  /** Notes the layers of an image that was just pulled, if it is one to keep. */
  void pulled(String uri, List<String> chainIds) {
    if (!wanted.contains(uri)) {
      return;
    }
    Path note = store.images().resolve(name(uri));
    try {
      AtomicFile.write(note, String.join("\n", chainIds));
    } catch (IOException e) {
      throw DriverStore.failed("writing", note, e);
    }
  }

  /** Chain ids to keep, as far as the images were pulled. */
  Set<String> chainIds() {
    Set<String> all = new HashSet<>();
    for (String image : wanted) {
      if (CHAIN_ID.matcher(image).matches()) {
        all.add(image);
      } else {
        all.addAll(noted(store.images().resolve(name(image))));
      }
    }
    return all;
  }

  private static List<String> noted(Path note) {
    try {
      return Files.readAllLines(note);
    } catch (NoSuchFileException neverPulled) {
      return List.of();
    } catch (IOException e) {
      throw DriverStore.failed("reading", note, e);
    }
  }

  /** Forgets images that are wanted no more. */
  void sweep() {
    Set<String> names = new HashSet<>(DriverStore.names(store.images()));
    wanted.forEach(image -> names.remove(name(image)));
    for (String name : names) {
      Path note = store.images().resolve(name);
      try {
        Files.deleteIfExists(note);
      } catch (IOException e) {
        throw DriverStore.failed("removing", note, e);
      }
    }
  }

  private static String name(String uri) {
    return Digest.sha256(uri.getBytes(StandardCharsets.UTF_8)).hex();
  }
}
