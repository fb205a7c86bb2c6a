package io.gardencell.image;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.api.GardenException;
import io.gardencell.api.files.AtomicFile;
import io.gardencell.image.source.FileReasons;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code metadata.json} of a volume. The reference writes {@code size} alone.
 *
 * @param size bytes of the image
 * @param chainIds layers, base first; null in volumes of the reference
 * @param baselineUsed bytes in use right after the volume was made; null likewise
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
record VolumeMetadata(
    @JsonProperty("size") long size,
    @JsonProperty("chainIDs") @Nullable List<String> chainIds,
    @JsonProperty("baselineUsed") @Nullable Long baselineUsed) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FILE = "metadata.json";

  static Path file(Path volume) {
    return volume.resolve(FILE);
  }

  /** Whether a volume has metadata, which are written last. */
  static boolean exists(Path volume) {
    return Files.exists(file(volume));
  }

  /** Removes the metadata and gives their text; empty if there are none. */
  static Optional<String> take(Path volume) throws IOException {
    Path file = volume.resolve(FILE);
    try {
      String text = Files.readString(file);
      Files.delete(file);
      return Optional.of(text);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Writes what was taken, if there still is a volume. */
  static void putBack(Path volume, String text) throws IOException {
    if (Files.isDirectory(volume)) {
      AtomicFile.writeUnforced(volume.resolve(FILE), text);
    }
  }

  static VolumeMetadata read(Path volume) {
    try {
      return JSON.readValue(Files.readString(volume.resolve(FILE)), VolumeMetadata.class);
    } catch (JsonProcessingException e) {
      throw GardenException.failure("couldn't parse metadata.json: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw GardenException.failure(FileReasons.of("open", e), e);
    }
  }

  void write(Path volume) {
    try {
      AtomicFile.writeUnforced(volume.resolve(FILE), JSON.writeValueAsString(this));
    } catch (IOException e) {
      throw GardenException.failure("WriteMetadata failed: " + FileReasons.of("open", e), e);
    }
  }
}
