package io.gardencell.server.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.gardencell.server.http.RequestObserver;
import io.gardencell.server.http.Router;
import io.gardencell.server.route.GardenApi;
import io.gardencell.server.route.ServedTest;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The description of the protocol says what the server and the wire's records say. */
class OpenApiTest extends ServedTest {

  private static final Path DESCRIPTION =
      Path.of(System.getProperty("gardencell.root", ".."), "docs", "openapi.yaml");
  private static final Pattern PARAMETER = Pattern.compile(":([a-z]+)");

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
  void everySchemaHasTheKeysOfItsRecordInTheirOrder() throws ClassNotFoundException {
    Map<?, ?> schemas = under(description, "components", "schemas");

    assertThat(schemas).hasSizeGreaterThan(30);
    for (Object name : schemas.keySet()) {
      Class<?> record = Class.forName("io.gardencell.api." + name);
      List<String> keys =
          Arrays.stream(record.getRecordComponents()).map(OpenApiTest::wireName).toList();
      assertThat(under(schemas, name.toString(), "properties").keySet())
          .as(name.toString())
          .map(Object::toString)
          .containsExactlyElementsOf(keys);
    }
  }

  private static String wireName(RecordComponent component) {
    JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
    return property == null ? component.getName() : property.value();
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
