package io.gardencell.runtime.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.gardencell.api.oci.OciMount;
import io.gardencell.api.oci.OciProcess;
import io.gardencell.api.oci.OciRoot;
import io.gardencell.api.oci.OciSpec;
import io.gardencell.api.oci.OciWindows;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Words what a decoder refused as the reference's decoder does (Source: Go: encoding/json). */
public final class GoJsonErrors {

  private static final ObjectMapper TREES = new ObjectMapper();

  private static final Map<Class<?>, String> STRUCTS =
      Map.of(
          OciSpec.class, "Spec",
          OciProcess.class, "Process",
          OciProcess.User.class, "User",
          OciProcess.ConsoleSize.class, "Box",
          OciRoot.class, "Root",
          OciMount.class, "Mount",
          OciWindows.class, "Windows",
          OciWindows.Memory.class, "WindowsMemoryResources",
          OciWindows.Cpu.class, "WindowsCPUResources",
          OciWindows.Network.class, "WindowsNetwork");

  private GoJsonErrors() {}

  /** The text for a document that our decoder refused. */
  public static String text(String json, Throwable refusal) {
    return GoJsonSyntax.error(json)
        .or(() -> wrongType(json, refusal))
        .orElseGet(() -> String.valueOf(refusal.getMessage()));
  }

  /** The wording of a value of the wrong type; our decoder's exception may be the cause. */
  private static Optional<String> wrongType(String json, @Nullable Throwable refusal) {
    if (!(refusal instanceof MismatchedInputException mismatch)) {
      return refusal == null ? Optional.empty() : wrongType(json, refusal.getCause());
    }
    String struct = "";
    List<String> fields = new ArrayList<>();
    JsonNode value = tree(json);
    for (JsonMappingException.Reference step : mismatch.getPath()) {
      if (step.getFieldName() == null) {
        value = value.path(step.getIndex());
      } else {
        struct = struct(step.getFrom());
        fields.add(step.getFieldName());
        value = JsonMembers.member(value, step.getFieldName());
      }
    }
    String type = type(mismatch.getTargetType(), fields);
    return struct.isEmpty() || type.isEmpty() || value.isMissingNode()
        ? Optional.empty()
        : Optional.of(
            "json: cannot unmarshal %s into Go struct field %s.%s of type %s"
                .formatted(kind(value), struct, String.join(".", fields), type));
  }

  private static JsonNode tree(String json) {
    try {
      return TREES.readTree(json);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private static String struct(@Nullable Object owner) {
    Class<?> type =
        owner instanceof Class<?> c ? c : owner == null ? Object.class : owner.getClass();
    return STRUCTS.getOrDefault(type, "");
  }

  private static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case BOOLEAN -> "bool";
      case NUMBER -> "number";
      case STRING -> "string";
      case ARRAY -> "array";
      default -> "object";
    };
  }

  private static String type(@Nullable Class<?> target, List<String> fields) {
    if (target == null) {
      return "";
    }
    if (Collection.class.isAssignableFrom(target)) {
      return fields.contains("mounts") && fields.size() == 1 ? "[]specs.Mount" : "[]string";
    }
    if (target == boolean.class) {
      return "bool";
    }
    if (target == String.class) {
      return "string";
    }
    String struct = STRUCTS.getOrDefault(target, "");
    return struct.isEmpty() ? "" : "specs." + struct;
  }
}
