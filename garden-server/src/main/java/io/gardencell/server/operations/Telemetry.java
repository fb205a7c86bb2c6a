package io.gardencell.server.operations;

import io.gardencell.server.http.Lane;
import io.gardencell.server.http.Lanes;
import io.gardencell.server.http.RequestObserver;
import io.gardencell.server.route.ContainerBackend;
import io.gardencell.server.route.GardenApi;
import io.gardencell.server.stream.Streams;
import io.netty.util.internal.PlatformDependent;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * The server's figures for Prometheus: durations of requests as they happen, everything else looked
 * up when somebody asks. Any thread.
 */
public final class Telemetry implements RequestObserver {

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Histogram requests =
      Histogram.builder()
          .name("garden_request_duration_seconds")
          .help("Time from a request's head to its answer; to the hand-over for streams.")
          .unit(Unit.SECONDS)
          .classicOnly()
          .classicUpperBounds(0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120)
          .labelNames("route", "status")
          .register(registry);

  @Override
  public void answered(String route, int status, Duration took) {
    requests
        .labelValues(route.isEmpty() ? "none" : route, Integer.toString(status))
        .observe(took.toNanos() / 1e9);
  }

  /** Containers of every state; minus one if they cannot be told. */
  static int containers(ContainerBackend backend) {
    return backend.handles(Map.of("garden.state", "all")).size();
  }

  /** Adds what can be looked up. */
  void observe(GardenApi api, ContainerBackend backend, Streams streams) {
    gauge("garden_containers", "Containers of every state.", () -> containers(backend));
    gauge("garden_grace_timers", "Containers whose grace time counts.", api::graceTimers);
    gauge("garden_connections", "Open connections.", api.server()::openConnections);
    gauge("garden_requests_in_flight", "Requests to answer.", api.server()::requestsInFlight);
    gauge("garden_process_clients", "Clients of processes.", api.hijacked()::controls);
    gauge("garden_output_readers", "Open output sockets.", api.hijacked()::outputs);
    gauge("garden_processes_running", "Processes that run.", streams::runningProcesses);
    counter("garden_processes_started", "Processes since the start.", streams::startedProcesses);
    gauge("garden_streams", "Output streams that can be read.", streams::count);
    gauge(
        "garden_stream_waiting_bytes",
        "Bytes that wait for readers or processes.",
        streams::waitingBytes);
    counter(
        "garden_stream_dropped_bytes",
        "Output bytes that were dropped because nobody read them in time.",
        streams::droppedBytes);
    lanes(api.lanes());
    machine();
  }

  private void lanes(Lanes lanes) {
    GaugeWithCallback.builder()
        .name("garden_lane_waiting_calls")
        .help("Calls that wait for a thread of their lane.")
        .labelNames("lane")
        .callback(to -> List.of(Lane.values()).forEach(l -> to.call(lanes.waiting(l), name(l))))
        .register(registry);
    GaugeWithCallback.builder()
        .name("garden_lane_active_calls")
        .help("Calls that threads of a lane are making.")
        .labelNames("lane")
        .callback(to -> List.of(Lane.values()).forEach(l -> to.call(lanes.active(l), name(l))))
        .register(registry);
  }

  private static String name(Lane lane) {
    return lane.name().toLowerCase(Locale.ROOT);
  }

  private void machine() {
    var memory = ManagementFactory.getMemoryMXBean();
    gauge(
        "jvm_memory_used_heap_bytes", "Heap in use.", () -> memory.getHeapMemoryUsage().getUsed());
    gauge("jvm_memory_used_direct_bytes", "Buffers off the heap.", Telemetry::directBytes);
    gauge(
        "jvm_threads_current",
        "Threads.",
        () -> ManagementFactory.getThreadMXBean().getThreadCount());
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean system) {
      counter(
          "process_cpu_seconds",
          "Processor time of the server.",
          () -> system.getProcessCpuTime() / 1e9);
    }
  }

  private static double directBytes() {
    return Math.max(0, PlatformDependent.usedDirectMemory());
  }

  private void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(to -> to.call(value.getAsDouble()))
        .register(registry);
  }

  private void counter(String name, String help, DoubleSupplier value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(to -> to.call(value.getAsDouble()))
        .register(registry);
  }

  void writeTo(OutputStream text) throws IOException {
    PrometheusTextFormatWriter.builder().build().write(text, registry.scrape());
  }
}
