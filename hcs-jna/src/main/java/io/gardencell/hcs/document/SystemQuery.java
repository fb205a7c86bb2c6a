package io.gardencell.hcs.document;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** Which compute systems to enumerate; empty lists do not restrict. */
public record SystemQuery(
    @JsonProperty("Ids") List<String> ids,
    @JsonProperty("Types") List<String> types,
    @JsonProperty("Names") List<String> names,
    @JsonProperty("Owners") List<String> owners) {

  public SystemQuery {
    ids = SystemDocument.list(ids);
    types = SystemDocument.list(types);
    names = SystemDocument.list(names);
    owners = SystemDocument.list(owners);
  }

  /** All systems. */
  public static SystemQuery all() {
    return new SystemQuery(List.of(), List.of(), List.of(), List.of());
  }

  /** The system with this id. */
  public static SystemQuery id(String id) {
    return new SystemQuery(List.of(id), List.of(), List.of(), List.of());
  }

  /** The systems of this owner. */
  public static SystemQuery owner(String owner) {
    return new SystemQuery(List.of(), List.of(), List.of(), List.of(owner));
  }
}
