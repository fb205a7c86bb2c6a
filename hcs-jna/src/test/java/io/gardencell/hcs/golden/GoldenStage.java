package io.gardencell.hcs.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The scratch folder of one run: replaces placeholders in what goes in, and turns the folder's name
 * in what comes out back into {@code {{ROOT}}} with forward slashes after it, so that vectors can
 * be compared on any operating system. One thread.
 */
public final class GoldenStage {

  /** The volume of every vector. */
  public static final String VOLUME = "\\\\?\\Volume{11111111-2222-3333-4444-555555555555}\\";

  private static final Pattern ROOT_PATH =
      Pattern.compile("(?:\\\\+\\?\\\\+)?\\{\\{ROOT(?:SLASH)?}}([^\"'\\n<>|]*)");
  private static final Pattern SEPARATORS = Pattern.compile("[\\\\/]+");
  private static final boolean WINDOWS = java.io.File.separatorChar == '\\';

  private final Path root;
  private final Pattern rootText;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, Path> places = new LinkedHashMap<>();

  /**
   * Makes a stage in an existing folder.
   *
   * @param root the scratch folder, absolute
   * @param probe the test program with its extension, as containers name it
   */
  public GoldenStage(Path root, String probe) {
    this.root = root;
    values.put("{{PROBE}}", probe);
    values.put("{{PROBEBASE}}", probe.replaceFirst("\\.exe$", ""));
    values.put("{{VOLUME}}", VOLUME);
    String name =
        SEPARATORS
            .splitAsStream(root.toString())
            .map(Pattern::quote)
            .reduce((a, b) -> a + "[\\\\/]+" + b)
            .orElseThrow();
    rootText = Pattern.compile("(?:\\\\+\\?\\\\+)?" + name, WINDOWS ? Pattern.CASE_INSENSITIVE : 0);
  }

  /** Gives a further placeholder its value, for example {@code {{REGISTRY}}}. */
  public GoldenStage with(String placeholder, String value) {
    values.put(placeholder, value);
    return this;
  }

  /** Says where a file with a fixed Windows path is on this machine. */
  public GoldenStage place(String windowsPath, Path here) {
    places.put(windowsPath, here);
    return this;
  }

  /** The scratch folder. */
  public Path root() {
    return root;
  }

  /** Placeholders with a known value replaced, as this machine writes paths. */
  public String text(String text) {
    for (Map.Entry<String, Path> place : places.entrySet()) {
      if (text.equals(place.getKey())) {
        return place.getValue().toString();
      }
    }
    String replaced = text;
    for (Map.Entry<String, String> value : values.entrySet()) {
      replaced = replaced.replace(value.getKey(), value.getValue());
    }
    return ROOT_PATH
        .matcher(replaced)
        .replaceAll(found -> Matcher.quoteReplacement(nativePath(found.group(), found.group(1))));
  }

  /** The same for each text of a document. */
  public JsonNode json(JsonNode node) {
    if (node.isTextual()) {
      return new TextNode(text(node.asText()));
    }
    if (node.isArray()) {
      ArrayNode copy = GoldenVector.JSON.createArrayNode();
      node.forEach(item -> copy.add(json(item)));
      return copy;
    }
    if (node.isObject()) {
      ObjectNode copy = GoldenVector.JSON.createObjectNode();
      node.properties().forEach(e -> copy.set(text(e.getKey()), json(e.getValue())));
      return copy;
    }
    return node;
  }

  /** The path of a placeholder text or a fixed Windows path. */
  public Path path(String text) {
    return Path.of(text(text));
  }

  /** What came out, or was expected, with the root as {@code {{ROOT}}} and {@code /} behind it. */
  public String canonical(String text) {
    String named = rootText.matcher(text).replaceAll(Matcher.quoteReplacement("{{ROOT}}"));
    return ROOT_PATH
        .matcher(named)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    "{{ROOT}}" + SEPARATORS.matcher(found.group(1)).replaceAll("/")));
  }

  /** What an expected text says for known placeholders; the others stay for {@link GoldenMatch}. */
  String expected(String text) {
    String replaced = text;
    for (Map.Entry<String, String> value : values.entrySet()) {
      replaced = replaced.replace(value.getKey(), value.getValue());
    }
    return canonical(replaced);
  }

  /** Makes the folders and files that exist before the setup. */
  void layOut(GoldenVector vector) {
    vector.dirs().forEach(dir -> makeDirectory(path(dir)));
    write(vector.files());
  }

  void write(Map<String, JsonNode> files) {
    files.forEach(
        (name, content) -> {
          Path file = path(name);
          makeDirectory(java.util.Objects.requireNonNull(file.toAbsolutePath().getParent()));
          try {
            Files.write(file, bytes(content));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  void remove(List<String> names) {
    for (String name : names) {
      Path path = path(name);
      if (!Files.exists(path)) {
        continue;
      }
      try (Stream<Path> all = Files.walk(path)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The bytes of a content: text, JSON, or {@code {"base64": ..}}; none if it is missing. */
  byte[] bytes(JsonNode content) {
    if (content.isMissingNode() || content.isNull()) {
      return new byte[0];
    }
    if (content.has("base64") && content.size() == 1) {
      return Base64.getDecoder().decode(content.get("base64").asText());
    }
    String text = content.isTextual() ? text(content.asText()) : json(content).toString();
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A text in which separators are doubled is JSON, so the root is escaped as well. */
  private String nativePath(String whole, String rest) {
    if (!WINDOWS) {
      return root + SEPARATORS.matcher(rest).replaceAll("/");
    }
    if (whole.contains("{{ROOTSLASH}}")) {
      return root.toString().replace('\\', '/') + rest;
    }
    return rest.startsWith("\\\\") ? root.toString().replace("\\", "\\\\") + rest : root + rest;
  }

  private static void makeDirectory(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
