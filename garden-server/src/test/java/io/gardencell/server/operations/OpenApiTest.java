package io.gardencell.server.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.api.IpAddress;
import io.gardencell.api.U64;
import io.gardencell.server.http.RequestObserver;
import io.gardencell.server.http.Router;
import io.gardencell.server.route.GardenApi;
import io.gardencell.server.route.ServedTest;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The description of the protocol says what the server and the wire's records say. */
class OpenApiTest extends ServedTest {

  private static final Path DESCRIPTION =
      Path.of(System.getProperty("gardencell.root", ".."), "docs", "openapi.yaml");
  private static final Pattern PARAMETER = Pattern.compile(":([a-z]+)");

  private static final Map<Type, Map<String, Object>> SCALARS =
      Map.of(
          String.class, Map.of("type", "string"),
          IpAddress.class, Map.of("type", "string"),
          boolean.class, Map.of("type", "boolean"),
          int.class, Map.of("type", "integer"),
          Integer.class, Map.of("type", "integer"),
          long.class, Map.of("type", "integer", "format", "int64"),
          Long.class, Map.of("type", "integer", "format", "int64"),
          Duration.class, Map.of("type", "integer", "format", "int64"));

  private Map<?, ?> description = Map.of();

  @Override
  protected void prepare(GardenApi made, RequestObserver observer) {
    ServerFacts facts = new ServerFacts("dev", "", "", false, Path.of(""), List.of());
    new Operations(facts, backend, made, streams, new Telemetry()).addTo(made.router());
  }

  @BeforeEach
  void read() throws IOException {
    try (InputStream yaml = Files.newInputStream(DESCRIPTION)) {
      description = (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(yaml);
    }
  }

  private static Map<?, ?> under(Map<?, ?> map, String... path) {
    Map<?, ?> found = map;
    for (String step : path) {
      found = (Map<?, ?>) Objects.requireNonNull(found.get(step), step);
    }
    return found;
  }

  private List<String> described() {
    List<String> operations = new ArrayList<>();
    under(description, "paths")
        .forEach(
            (path, methods) ->
                ((Map<?, ?>) methods)
                    .forEach(
                        (method, operation) ->
                            operations.add(
                                method.toString().toUpperCase(Locale.ROOT)
                                    + " "
                                    + path
                                    + " "
                                    + ((Map<?, ?>) operation).get("operationId"))));
    return operations;
  }

  private static String line(Router.Route route) {
    String path = PARAMETER.matcher(route.pattern()).replaceAll("{$1}");
    return route.method() + " " + path + " " + route.name();
  }

  @Test
  void everyRouteIsDescribedAndNothingElse() {
    List<String> routes =
        api.router().routes().stream()
            // Other methods than POST only say so.
            .filter(r -> !r.pattern().equals("/log-level") || r.method().equals("POST"))
            .map(OpenApiTest::line)
            .toList();

    assertThat(routes).hasSizeGreaterThan(30);
    assertThat(described()).containsExactlyInAnyOrderElementsOf(routes);
  }

  @Test
  void everySchemaHasTheKeysAndTypesOfItsRecordInTheirOrder() throws ClassNotFoundException {
    Map<?, ?> schemas = under(description, "components", "schemas");

    assertThat(schemas).hasSizeGreaterThan(30);
    for (Object name : schemas.keySet()) {
      Class<?> record = Class.forName("io.gardencell.api." + name);
      Map<String, Object> expected = new LinkedHashMap<>();
      for (RecordComponent component : record.getRecordComponents()) {
        expected.put(wireName(component), schema(component));
      }
      Map<String, Object> found = new LinkedHashMap<>();
      under(schemas, name.toString(), "properties")
          .forEach(
              (key, schema) -> {
                Map<Object, Object> bare = new LinkedHashMap<>((Map<?, ?>) schema);
                bare.remove("description");
                found.put(key.toString(), bare);
              });
      assertThat(found).as(name.toString()).isEqualTo(expected);
      assertThat(found.keySet()).containsExactlyElementsOf(expected.keySet());
    }
  }

  /** A null is written only where nothing is left out, and where there may be one. */
  private static Map<String, Object> schema(RecordComponent component) {
    JsonInclude include = component.getDeclaringRecord().getAnnotation(JsonInclude.class);
    boolean always = include != null && include.value() == JsonInclude.Include.ALWAYS;
    Map<String, Object> schema =
        component.isAnnotationPresent(U64.class)
            ? Map.of("type", "integer", "format", "uint64")
            : schema(component.getGenericType());
    if (!always || !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
      return schema;
    }
    // What stands beside a reference is ignored.
    Map<String, Object> nullable = new HashMap<>(Map.of("nullable", true));
    nullable.putAll(schema.containsKey("$ref") ? Map.of("allOf", List.of(schema)) : schema);
    return nullable;
  }

  private static Map<String, Object> schema(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      Map<String, Object> element = schema(arguments[arguments.length - 1]);
      return generic.getRawType().equals(List.class)
          ? Map.of("type", "array", "items", element)
          : Map.of("type", "object", "additionalProperties", element);
    }
    if (type instanceof Class<?> record && record.isRecord()) {
      return Map.of("$ref", "#/components/schemas/" + record.getSimpleName());
    }
    return Objects.requireNonNull(SCALARS.get(type), type.getTypeName());
  }

  private static String wireName(RecordComponent component) {
    JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
    return property == null ? component.getName() : property.value();
  }

  @Test
  void theHostsFactsAreThoseDescribed() throws IOException {
    Map<?, ?> answer = under(description, "paths", "/host", "get", "responses", "200", "content");
    List<String> described = new ArrayList<>();
    under(answer, "application/json", "schema", "properties")
        .keySet()
        .forEach(key -> described.add(key.toString()));

    List<String> told = new ArrayList<>();
    new ObjectMapper()
        .readTree(connect().get("/host").body())
        .fieldNames()
        .forEachRemaining(told::add);

    assertThat(told).isEqualTo(described);
  }

  @Test
  void everyReferenceLeadsSomewhere() throws IOException {
    var references =
        Pattern.compile("'#/([a-zA-Z]+)/([a-zA-Z]+)/([a-zA-Z]+)'")
            .matcher(Files.readString(DESCRIPTION));

    int count = 0;
    while (references.find()) {
      under(description, references.group(1), references.group(2), references.group(3));
      count++;
    }
    assertThat(count).isGreaterThan(50);
  }

  @Test
  void everyParameterOfAPathIsDeclared() {
    int count = 0;
    for (Map.Entry<?, ?> path : under(description, "paths").entrySet()) {
      for (Object operation : ((Map<?, ?>) path.getValue()).values()) {
        String parameters = String.valueOf(((Map<?, ?>) operation).get("parameters"));
        for (MatchResult name :
            Pattern.compile("\\{([a-z]+)}").matcher(path.getKey().toString()).results().toList()) {
          assertThat(parameters).contains("/parameters/" + name.group(1));
          count++;
        }
      }
    }
    assertThat(count).isGreaterThan(20);
  }
}
