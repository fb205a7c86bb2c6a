package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What container to make.
 *
 * @param handle empty = the server chooses
 * @param graceTime zero = the server's default
 * @param rootfs deprecated form of the image's URI
 */
public record ContainerSpec(
    @JsonProperty("handle") String handle,
    @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = ContainerSpec.ZeroFilter.class)
        @JsonDeserialize(using = WireNumbers.NanosReader.class)
        @JsonSerialize(using = WireNumbers.NanosWriter.class)
        @JsonProperty("grace_time")
        Duration graceTime,
    @JsonProperty("rootfs") String rootfs,
    @JsonProperty("image") ImageRef image,
    @JsonProperty("bind_mounts") List<BindMount> bindMounts,
    @JsonProperty("network") String network,
    @JsonProperty("properties") Map<String, String> properties,
    @JsonProperty("env") List<String> env,
    @JsonProperty("privileged") boolean privileged,
    @JsonProperty("limits") Limits limits,
    @JsonProperty("netout_rules") List<NetOutRule> netOut,
    @JsonProperty("netin") List<NetIn> netIn) {

  public ContainerSpec {
    handle = Absent.text(handle);
    graceTime = Absent.or(graceTime, Duration.ZERO);
    rootfs = Absent.text(rootfs);
    image = Absent.or(image, ImageRef.NONE);
    bindMounts = Absent.list(bindMounts);
    network = Absent.text(network);
    properties = Absent.map(properties);
    env = Absent.texts(env);
    limits = Absent.or(limits, Limits.NONE);
    netOut = Absent.list(netOut);
    netIn = Absent.list(netIn);
  }

  /** A spec with nothing but a handle. */
  public static ContainerSpec ofHandle(String handle) {
    return new ContainerSpec(
        handle,
        Duration.ZERO,
        "",
        ImageRef.NONE,
        List.of(),
        "",
        Map.of(),
        List.of(),
        false,
        Limits.NONE,
        List.of(),
        List.of());
  }

  /** The same spec with another grace time. */
  public ContainerSpec withGraceTime(Duration other) {
    return new ContainerSpec(
        handle,
        other,
        rootfs,
        image,
        bindMounts,
        network,
        properties,
        env,
        privileged,
        limits,
        netOut,
        netIn);
  }

  /** Without environment, properties and credentials, which are never logged. */
  @Override
  public String toString() {
    return "ContainerSpec[handle=%s, image=%s, limits=%s]".formatted(handle, image, limits);
  }

  /** Leaves out a zero duration. */
  static final class ZeroFilter {

    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object value) {
      return value == null || Duration.ZERO.equals(value);
    }

    @Override
    public int hashCode() {
      return 0;
    }
  }
}
