package io.gardencell.api.oci;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.ALWAYS;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code windows} object.
 *
 * @param layerFolders absolute folders of the read-only layers, newest first, base last
 */
public record OciWindows(
    @JsonInclude(ALWAYS) @JsonProperty("layerFolders") List<String> layerFolders,
    @JsonProperty("resources") @Nullable Resources resources,
    @JsonProperty("network") @Nullable Network network) {

  public OciWindows {
    layerFolders = OciSpec.list(layerFolders);
  }

  /** Resource limits. */
  public record Resources(
      @JsonProperty("memory") @Nullable Memory memory, @JsonProperty("cpu") @Nullable Cpu cpu) {}

  /**
   * Memory limit.
   *
   * @param limit bytes, unsigned 64 bits, 0 = unlimited
   */
  public record Memory(@JsonInclude(ALWAYS) @JsonProperty("limit") java.math.BigInteger limit) {

    public Memory {
      limit = limit == null ? java.math.BigInteger.ZERO : limit;
      if (limit.signum() < 0 || limit.bitLength() > 64) {
        throw new IllegalArgumentException(
            "memory limit: " + limit + " (expected: an unsigned number of 64 bits)");
      }
    }
  }

  /**
   * Processor share.
   *
   * @param shares 0..65535, 0 = default
   */
  public record Cpu(@JsonInclude(ALWAYS) @JsonProperty("shares") int shares) {

    public Cpu {
      if (shares < 0 || shares > 65_535) {
        throw new IllegalArgumentException("cpu shares: " + shares + " (expected: 0 to 65535)");
      }
    }
  }

  /**
   * Network of the container.
   *
   * @param networkSharedContainerName the container whose network a sidecar joins; empty for none
   */
  public record Network(
      @JsonProperty("networkSharedContainerName") String networkSharedContainerName) {

    public Network {
      networkSharedContainerName = OciSpec.text(networkSharedContainerName);
    }
  }
}
