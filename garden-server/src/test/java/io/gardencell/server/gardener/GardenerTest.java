package io.gardencell.server.gardener;

import io.gardencell.api.ContainerSpec;
import io.gardencell.api.Handle;
import io.gardencell.api.ProcessSpec;
import io.gardencell.api.WireJson;
import io.gardencell.server.cell.CellSettings;
import io.gardencell.server.cell.CellSettings.Deadlines;
import io.gardencell.server.route.BackendContainer;
import io.gardencell.server.stream.StreamSettings;
import io.gardencell.server.stream.Streams;
import io.netty.util.HashedWheelTimer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A Gardener over {@link FakePlugins}, which outlive its restarts. */
abstract class GardenerTest {

  /** Long enough for a busy machine, short where a test means to pass it. */
  static final Duration LONG = Duration.ofSeconds(20);

  Path directory;
  FakePlugins plugins;
  Gardener gardener;
  private Path depot;
  private HashedWheelTimer timer;
  private StreamSettings streams = StreamSettings.defaults();

  @BeforeEach
  void begin(@TempDir Path temporary) throws IOException {
    directory = temporary;
    depot = Files.createDirectories(directory.resolve("depot"));
    plugins = new FakePlugins(Files.createDirectories(directory.resolve("roots")));
    timer = new HashedWheelTimer();
    gardener = started(s -> s);
  }

  @AfterEach
  void end() {
    gardener.close();
    timer.stop();
  }

  /** Restarts it with other bounds of the streams. */
  void useStreams(StreamSettings settings) throws IOException {
    streams = settings;
    restart();
  }

  /** Starts a Gardener on what there is. */
  void start(UnaryOperator<CellSettings> settings) throws IOException {
    gardener = started(settings);
  }

  private Gardener started(UnaryOperator<CellSettings> settings) throws IOException {
    Deadlines deadlines =
        new Deadlines(LONG, LONG, LONG, LONG, LONG, Duration.ofMillis(200), Duration.ofMillis(2));
    Gardener started =
        new Gardener(
            settings.apply(
                CellSettings.defaults(depot, directory.resolve("winit/garden-init.exe"))
                    .with(deadlines)),
            plugins.plugins(),
            new Streams(streams, timer),
            Clock.systemUTC());
    started.start();
    return started;
  }

  /** Ends the Gardener as {@code kill -9} would as far as its files tell, and starts another. */
  void restart(UnaryOperator<CellSettings> settings) throws IOException {
    gardener.close();
    start(settings);
  }

  void restart() throws IOException {
    restart(s -> s);
  }

  /** Long deadlines but for these. */
  static UnaryOperator<CellSettings> deadlines(
      Duration create, Duration run, Duration destroy, Duration metrics) {
    return settings ->
        settings.with(
            new Deadlines(
                create, run, LONG, destroy, metrics, Duration.ofMillis(200), Duration.ofMillis(2)));
  }

  static ContainerSpec spec(String json) {
    return WireJson.decode(json.getBytes(StandardCharsets.UTF_8), ContainerSpec.class);
  }

  static ProcessSpec process(String json) {
    return WireJson.decode(json.getBytes(StandardCharsets.UTF_8), ProcessSpec.class);
  }

  BackendContainer create(String handle) {
    gardener.create(ContainerSpec.ofHandle(handle));
    return get(handle);
  }

  BackendContainer get(String handle) {
    return gardener.get(Handle.parse(handle));
  }

  void destroy(String handle) {
    gardener.destroy(Handle.parse(handle));
  }

  List<String> all() {
    return gardener.handles(Map.of("garden.state", "all"));
  }

  Path bundle(String handle) {
    return depot.resolve(handle);
  }

  List<String> depot() throws IOException {
    try (Stream<Path> entries = Files.list(depot)) {
      return entries.map(e -> String.valueOf(e.getFileName())).sorted().toList();
    }
  }

  /** What is not null, or a failure of the test. */
  static <T> T there(@Nullable T value) {
    return Objects.requireNonNull(value);
  }

  /** Waits for something that another thread does. */
  static boolean becomes(BooleanSupplier condition) {
    long end = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(1_000_000);
    }
    return true;
  }
}
