package io.gardencell.hcs.document;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.ALWAYS;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The create document of a compute system, "ContainerConfig" of schema v1 (hcsshim:
 * internal/hcs/schema1/schema1.go). {@code SystemType}, {@code Name}, {@code Layers} and {@code
 * HvPartition} are always written.
 *
 * @param processorWeight 1..10000, 0 = HCS's default
 * @param processorMaximum hundredths of a percent of the host, 0 = no cap
 * @param memoryMaximumInMb MiB, 0 = unlimited
 * @param credentials a gMSA credential spec as one string
 * @param additionalJson an object whose members {@link #json()} merges in; empty for none
 */
public record SystemDocument(
    @JsonInclude(ALWAYS) @JsonProperty("SystemType") String systemType,
    @JsonInclude(ALWAYS) @JsonProperty("Name") String name,
    @JsonProperty("Owner") String owner,
    @JsonProperty("VolumePath") String volumePath,
    @JsonProperty("IgnoreFlushesDuringBoot") boolean ignoreFlushesDuringBoot,
    @JsonProperty("LayerFolderPath") String layerFolderPath,
    @JsonInclude(ALWAYS) @JsonProperty("Layers") List<LayerReference> layers,
    @JsonProperty("Credentials") String credentials,
    @JsonProperty("ProcessorCount") long processorCount,
    @JsonProperty("ProcessorWeight") long processorWeight,
    @JsonProperty("ProcessorMaximum") long processorMaximum,
    @JsonProperty("StorageIOPSMaximum") long storageIopsMaximum,
    @JsonProperty("StorageBandwidthMaximum") long storageBandwidthMaximum,
    @JsonProperty("StorageSandboxSize") long storageSandboxSize,
    @JsonProperty("MemoryMaximumInMB") long memoryMaximumInMb,
    @JsonProperty("HostName") String hostName,
    @JsonProperty("MappedDirectories") List<MappedDirectory> mappedDirectories,
    @JsonProperty("MappedPipes") List<MappedPipe> mappedPipes,
    @JsonInclude(ALWAYS) @JsonProperty("HvPartition") boolean hvPartition,
    @JsonProperty("NetworkSharedContainerName") String networkSharedContainerName,
    @JsonProperty("EndpointList") List<String> endpointList,
    @JsonProperty("Servicing") boolean servicing,
    @JsonProperty("AllowUnqualifiedDNSQuery") boolean allowUnqualifiedDnsQuery,
    @JsonProperty("DNSSearchList") String dnsSearchList,
    @JsonProperty("ContainerType") String containerType,
    @JsonProperty("TerminateOnLastHandleClosed") boolean terminateOnLastHandleClosed,
    @JsonIgnore String additionalJson) {

  public SystemDocument {
    systemType = text(systemType);
    name = text(name);
    owner = text(owner);
    volumePath = text(volumePath);
    layerFolderPath = text(layerFolderPath);
    layers = list(layers);
    credentials = text(credentials);
    hostName = text(hostName);
    mappedDirectories = list(mappedDirectories);
    mappedPipes = list(mappedPipes);
    networkSharedContainerName = text(networkSharedContainerName);
    endpointList = list(endpointList);
    dnsSearchList = text(dnsSearchList);
    containerType = text(containerType);
    additionalJson = text(additionalJson);
  }

  /**
   * The document as HCS gets it, with the additional members.
   *
   * @throws IllegalArgumentException if those are not a JSON object
   */
  public String json() {
    String own = HcsJson.write(this);
    return additionalJson.isEmpty() ? own : AdditionalJson.merge(own, additionalJson);
  }

  /** An empty document of type {@code Container}, to be filled through the builder. */
  public static Builder container() {
    return new Builder();
  }

  static String text(@Nullable String value) {
    return value == null ? "" : value;
  }

  static <T> List<T> list(@Nullable List<T> value) {
    return value == null ? List.of() : List.copyOf(value);
  }

  /** Collects the optional parts that a process-isolated container uses. */
  public static final class Builder {

    private String owner = "";
    private String volumePath = "";
    private List<LayerReference> layers = List.of();
    private String credentials = "";
    private long processorWeight;
    private long processorMaximum;
    private long memoryMaximumInMb;
    private String hostName = "";
    private List<MappedDirectory> mappedDirectories = List.of();
    private List<MappedPipe> mappedPipes = List.of();
    private String networkSharedContainerName = "";
    private List<String> endpointList = List.of();
    private String additionalJson = "";

    private Builder() {}

    public Builder owner(String value) {
      owner = value;
      return this;
    }

    public Builder volumePath(String value) {
      volumePath = value;
      return this;
    }

    public Builder layers(List<LayerReference> value) {
      layers = value;
      return this;
    }

    public Builder credentials(String value) {
      credentials = value;
      return this;
    }

    public Builder processorWeight(long value) {
      processorWeight = value;
      return this;
    }

    public Builder processorMaximum(long value) {
      processorMaximum = value;
      return this;
    }

    public Builder memoryMaximumInMb(long value) {
      memoryMaximumInMb = value;
      return this;
    }

    public Builder hostName(String value) {
      hostName = value;
      return this;
    }

    public Builder mappedDirectories(List<MappedDirectory> value) {
      mappedDirectories = value;
      return this;
    }

    public Builder mappedPipes(List<MappedPipe> value) {
      mappedPipes = value;
      return this;
    }

    public Builder networkSharedContainerName(String value) {
      networkSharedContainerName = value;
      return this;
    }

    public Builder endpointList(List<String> value) {
      endpointList = value;
      return this;
    }

    public Builder additionalJson(String value) {
      additionalJson = value;
      return this;
    }

    /** The document. */
    public SystemDocument build() {
      return new SystemDocument(
          "Container",
          "",
          owner,
          volumePath,
          false,
          "ignored",
          layers,
          credentials,
          0,
          processorWeight,
          processorMaximum,
          0,
          0,
          0,
          memoryMaximumInMb,
          hostName,
          mappedDirectories,
          mappedPipes,
          false,
          networkSharedContainerName,
          endpointList,
          false,
          false,
          "",
          "",
          false,
          additionalJson);
    }
  }
}
