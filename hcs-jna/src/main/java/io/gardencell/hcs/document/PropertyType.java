package io.gardencell.hcs.document;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** What a property query can ask for beyond the basics. */
public enum PropertyType {
  STATISTICS("Statistics"),
  PROCESS_LIST("ProcessList"),
  MAPPED_VIRTUAL_DISK("MappedVirtualDisk"),
  GUEST_CONNECTION("GuestConnection");

  private final String documentName;

  PropertyType(String documentName) {
    this.documentName = documentName;
  }

  /** The query document for these types; {@code {}} for none. */
  public static String query(PropertyType... types) {
    return HcsJson.write(
        new Query(java.util.Arrays.stream(types).map(t -> t.documentName).toList()));
  }

  private record Query(@JsonProperty("PropertyTypes") List<String> propertyTypes) {}
}
