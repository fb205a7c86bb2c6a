package io.gardencell.network.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gardencell.api.GardenException;
import io.gardencell.api.IpAddress;
import io.gardencell.api.NetIn;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.spi.NetworkRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The documents of Guardian's plugin protocol (guardian: netplugin/external_networker.go). Keys
 * match in any letter case, unknown keys and whatever follows the first JSON value are ignored.
 */
final class PluginRequests {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_PROPERTIES)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final ObjectReader TREE = MAPPER.readerFor(JsonNode.class);

  private PluginRequests() {}

  static NetworkRequest up(String handle, String stdin) {
    JsonNode root = root(stdin);
    JsonNode pid = member(root, "Pid");
    if (pid != null && !pid.isIntegralNumber()) {
      throw GardenException.failure("Pid: " + pid + " (expected: an integer)");
    }
    return new NetworkRequest(
        handle,
        pid == null ? 0 : pid.asLong(),
        properties(member(root, "Properties")),
        rules(member(root, "netout_rules"), "netout_rules"),
        netIns(member(root, "netin")));
  }

  /** What {@code net-in} asks for. */
  record NetInRequest(String externalIp, String containerIp, int hostPort, int containerPort) {}

  static NetInRequest netIn(String stdin) {
    JsonNode root = root(stdin);
    return new NetInRequest(
        text(root, "HostIP"), text(root, "ContainerIP"),
        port(root, "HostPort"), port(root, "ContainerPort"));
  }

  /** The rules of {@code net-out} ({@code netout_rule}) or {@code bulk-net-out}. */
  static List<NetOutRule> netOut(String stdin, boolean bulk) {
    JsonNode root = root(stdin);
    if (bulk) {
      return rules(member(root, "netout_rules"), "netout_rules");
    }
    JsonNode rule = member(root, "netout_rule");
    return rule == null ? List.of() : List.of(rule(rule, "netout_rule"));
  }

  private static JsonNode root(String stdin) {
    if (stdin.isBlank()) {
      throw GardenException.failure("EOF");
    }
    try {
      JsonNode root = TREE.readValue(stdin);
      if (root == null || root.isNull() || root.isMissingNode()) {
        return MAPPER.createObjectNode();
      }
      if (!root.isObject()) {
        throw GardenException.failure(
            "json: cannot unmarshal " + kind(root) + " (expected: an object)");
      }
      return root;
    } catch (JsonProcessingException invalid) {
      throw GardenException.failure(
          invalid instanceof com.fasterxml.jackson.core.io.JsonEOFException
              ? "unexpected EOF"
              : String.valueOf(invalid.getOriginalMessage()),
          invalid);
    }
  }

  private static String kind(JsonNode node) {
    return node.getNodeType().name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable JsonNode member(JsonNode object, String name) {
    JsonNode found = null;
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      if (entry.getKey().equalsIgnoreCase(name)) {
        found = entry.getValue();
      }
    }
    return found == null || found.isNull() ? null : found;
  }

  private static Map<String, String> properties(@Nullable JsonNode node) {
    Map<String, String> properties = new LinkedHashMap<>();
    if (node == null) {
      return properties;
    }
    if (!node.isObject()) {
      throw GardenException.failure("Properties: " + kind(node) + " (expected: an object)");
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      JsonNode value = entry.getValue();
      if (entry.getKey().equals("ports") && !value.isTextual()) {
        throw GardenException.failure(
            "Invalid type input.Properties.ports: " + value.asText(value.toString()));
      }
      properties.put(entry.getKey(), value.isTextual() ? value.textValue() : value.toString());
    }
    return properties;
  }

  private static List<NetIn> netIns(@Nullable JsonNode node) {
    List<NetIn> ports = new ArrayList<>();
    for (JsonNode entry : array(node, "netin")) {
      ports.add(new NetIn(port(entry, "host_port"), port(entry, "container_port")));
    }
    return ports;
  }

  private static List<NetOutRule> rules(@Nullable JsonNode node, String name) {
    List<NetOutRule> rules = new ArrayList<>();
    array(node, name).forEach(entry -> rules.add(rule(entry, name)));
    return rules;
  }

  private static NetOutRule rule(JsonNode node, String name) {
    JsonNode networks = member(node, "networks");
    for (JsonNode range : array(networks, name + ".networks")) {
      String start = text(range, "start");
      String end = text(range, "end");
      if (!isAddress(start) || !isAddress(end)) {
        throw GardenException.failure("invalid address range: " + start + "-" + end);
      }
    }
    try {
      return MAPPER.treeToValue(node, NetOutRule.class);
    } catch (JsonProcessingException invalid) {
      throw GardenException.failure(name + ": " + invalid.getOriginalMessage(), invalid);
    }
  }

  private static boolean isAddress(String text) {
    try {
      return text.isEmpty() || IpAddress.parse(text).bytes().length > 0;
    } catch (IllegalArgumentException notAnAddress) {
      return false;
    }
  }

  private static Iterable<JsonNode> array(@Nullable JsonNode node, String name) {
    if (node == null) {
      return List.of();
    }
    if (!node.isArray()) {
      throw GardenException.failure(name + ": " + kind(node) + " (expected: an array)");
    }
    return node;
  }

  private static int port(JsonNode object, String name) {
    JsonNode node = member(object, name);
    if (node == null) {
      return 0;
    }
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.intValue() < 0
        || node.intValue() > 65535) {
      throw GardenException.failure(name + ": " + node + " (expected: 0-65535)");
    }
    return node.intValue();
  }

  private static String text(JsonNode object, String name) {
    JsonNode node = member(object, name);
    if (node == null) {
      return "";
    }
    if (!node.isTextual()) {
      throw GardenException.failure(name + ": " + node + " (expected: a text)");
    }
    return node.textValue();
  }
}
