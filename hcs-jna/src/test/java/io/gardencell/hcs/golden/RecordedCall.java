package io.gardencell.hcs.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/**
 * A call to a function of the host.
 *
 * @param function its native name
 * @param args its arguments; documents as JSON
 * @param hresult unsigned 32 bits; 0xC0370103 means that it goes on and completes by a notification
 * @param out what it gave; missing for nothing
 */
public record RecordedCall(String function, JsonNode args, long hresult, JsonNode out) {

  /** The HRESULT of what completes by a notification. */
  public static final long PENDING = 0xC0370103L;

  private static final Set<String> QUERIES =
      Set.of(
          "HcsEnumerateComputeSystems",
          "HcsGetComputeSystemProperties",
          "HcsOpenComputeSystem",
          "HcsGetProcessProperties",
          "HcsGetProcessInfo",
          "NtOpenJobObject",
          "QueryInformationJobObject",
          "NameToGuid",
          "LayerExists",
          "GetLayerMountPath",
          "GetQuotaUsed",
          "GetDiskFreeSpaceExW",
          "GetVolumeNameForVolumeMountPointW",
          "GetIpInterfaceEntry",
          "GetAdaptersAddresses",
          "SetCurrentThreadCompartmentId");

  /** Reads a call of a vector file or of the stand-in's journal. */
  static RecordedCall of(JsonNode call) {
    return new RecordedCall(
        call.path("function").asText(),
        call.path("args"),
        Long.decode(call.path("hresult").asText("0x0")),
        call.path("out"));
  }

  /** Whether it changes something; queries may rightly differ between implementations. */
  public boolean isChange() {
    return function.equals("HNSCall")
        ? !args.path("method").asText().equals("GET")
        : !QUERIES.contains(function);
  }

  /** Whether the host refused it at once. */
  boolean isRefused() {
    return (hresult & 0x80000000L) != 0 && hresult != PENDING;
  }

  @Override
  public String toString() {
    return "%s%s = 0x%08X".formatted(function, args, hresult);
  }
}
