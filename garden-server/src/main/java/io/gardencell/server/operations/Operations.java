package io.gardencell.server.operations;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.api.GardenException;
import io.gardencell.server.http.Answer;
import io.gardencell.server.http.Lane;
import io.gardencell.server.http.Request;
import io.gardencell.server.http.Router;
import io.gardencell.server.log.LogOutput;
import io.gardencell.server.route.ContainerBackend;
import io.gardencell.server.route.GardenApi;
import io.gardencell.server.stream.Streams;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The operators' routes, beside Garden's on the same listener or alone on a debug listener: {@code
 * /host}, {@code /health}, {@code /metrics}, {@code /debug/vars} and {@code /log-level}. None of
 * their paths is Garden's. Any thread.
 */
public final class Operations {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String JSON_TYPE = "application/json";
  private static final String PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final ServerFacts facts;
  private final ContainerBackend backend;
  private final GardenApi api;
  private final Streams streams;
  private final Telemetry telemetry;
  private final DebugVariables debug;

  /** Reports on this server; the telemetry is the one that observes its requests. */
  public Operations(
      ServerFacts facts,
      ContainerBackend backend,
      GardenApi api,
      Streams streams,
      Telemetry telemetry) {
    this.facts = facts;
    this.backend = backend;
    this.api = api;
    this.streams = streams;
    this.telemetry = telemetry;
    this.debug = new DebugVariables(facts);
    telemetry.observe(api, backend, streams);
  }

  /** Adds the routes, behind Garden's. */
  public void addTo(Router router) {
    router
        .add("host", Lane.QUERY, "GET", "/host", this::host)
        .add("health", Lane.QUERY, "GET", "/health", this::health)
        .add("metrics", Lane.QUERY, "GET", "/metrics", this::metrics)
        .add("debug-vars", Lane.QUERY, "GET", "/debug/vars", r -> json(200, debug.values()))
        .add("log-level", Lane.QUERY, "POST", "/log-level", this::logLevel)
        .add("log-level", Lane.QUERY, "GET", "/log-level", Operations::postOnly)
        .add("log-level", Lane.QUERY, "PUT", "/log-level", Operations::postOnly);
  }

  private Answer host(Request request) {
    var runtime = ManagementFactory.getRuntimeMXBean();
    Map<String, Object> host = new LinkedHashMap<>();
    host.put("host", facts.host());
    host.put("description", facts.hostDescription());
    host.put("isolated", facts.isolated());
    host.put("version", facts.version());
    host.put("java", System.getProperty("java.version"));
    host.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    host.put("pid", runtime.getPid());
    host.put("uptime_seconds", runtime.getUptime() / 1000);
    host.put("containers", Telemetry.containers(backend));
    host.put("processes", streams.runningProcesses());
    host.put("connections", api.server().openConnections());
    host.put("requests_in_flight", api.server().requestsInFlight());
    host.put("clients_of_processes", api.hijacked().controls());
    host.put("dropped_output_bytes", streams.droppedBytes());
    return json(200, host);
  }

  /** 200 while the backend can do its work, else 503 with the reason. */
  private Answer health(Request request) {
    try {
      backend.ping();
      return json(200, Map.of("status", "ok"));
    } catch (GardenException e) {
      Map<String, String> ill = new LinkedHashMap<>();
      ill.put("status", "failing");
      ill.put("reason", String.valueOf(e.getMessage()));
      return json(503, ill);
    }
  }

  private Answer metrics(Request request) {
    ByteArrayOutputStream text = new ByteArrayOutputStream(16_384);
    try {
      telemetry.writeTo(text);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return new Answer.Whole(200, PROMETHEUS_TYPE, text.toByteArray(), Map.of());
  }

  private Answer logLevel(Request request) {
    String level = new String(request.body(), StandardCharsets.UTF_8).strip();
    return LogOutput.setLevel(level)
        ? Answer.text(200, "log level is " + level + "\n")
        : Answer.text(
            400,
            "invalid log level: '" + level + "' (expected: debug, info, warn, error or fatal)\n");
  }

  // The words are those of the reference's debug server.
  private static Answer postOnly(Request request) {
    return Answer.text(400, "method not allowed, use POST\n");
  }

  private static Answer json(int status, Object value) {
    try {
      String text = JSON.writeValueAsString(value) + "\n";
      return new Answer.Whole(status, JSON_TYPE, text.getBytes(StandardCharsets.UTF_8), Map.of());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps of plain values are JSON", e);
    }
  }
}
