package io.gardencell.api.oci;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.ALWAYS;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bundle's {@code config.json} (runtime-spec: config.md). Absent objects are null, absent lists
 * empty. The {@code linux} part is not kept.
 */
public record OciSpec(
    @JsonInclude(ALWAYS) @JsonProperty("ociVersion") String ociVersion,
    @JsonProperty("process") @Nullable OciProcess process,
    @JsonProperty("root") @Nullable OciRoot root,
    @JsonProperty("hostname") String hostname,
    @JsonProperty("mounts") List<OciMount> mounts,
    @JsonProperty("windows") @Nullable OciWindows windows) {

  /** The version we write. */
  public static final String VERSION = "1.2.1";

  public OciSpec {
    ociVersion = text(ociVersion);
    hostname = text(hostname);
    mounts = list(mounts);
  }

  static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  static <T> List<T> list(@Nullable List<T> value) {
    return value == null ? List.of() : value.stream().filter(java.util.Objects::nonNull).toList();
  }
}
