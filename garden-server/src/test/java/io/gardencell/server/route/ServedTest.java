package io.gardencell.server.route;

import io.gardencell.server.http.RequestObserver;
import io.gardencell.server.http.ServerSettings;
import io.gardencell.server.stream.StreamSettings;
import io.gardencell.server.stream.Streams;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** A server on a free port over a fake backend, for each test. */
public abstract class ServedTest {

  protected final Timer timer = newTimer();
  protected final Streams streams = new Streams(streamSettings(), timer);
  protected final FakeBackend backend = new FakeBackend(streams);
  private final List<RawClient> clients = new ArrayList<>();
  protected GardenApi api = api(settings());
  private boolean stopped;

  Timer newTimer() {
    return new HashedWheelTimer(5, TimeUnit.MILLISECONDS);
  }

  /** Who is told of requests. */
  protected RequestObserver observer() {
    return (route, status, took) -> {};
  }

  /** A place to add routes. */
  protected void prepare(GardenApi made, RequestObserver observer) {}

  StreamSettings streamSettings() {
    return StreamSettings.defaults();
  }

  GardenApi.Settings settings() {
    return settings(Duration.ofSeconds(5));
  }

  /** With so much patience for those who do not take their answer when the server stops. */
  static GardenApi.Settings settings(Duration patience) {
    return new GardenApi.Settings(
        ServerSettings.loopback()
            .withTimes(Duration.ofSeconds(10), Duration.ofMinutes(5), patience),
        Duration.ZERO,
        Duration.ofMillis(100));
  }

  final GardenApi api(GardenApi.Settings settings) {
    RequestObserver observer = observer();
    GardenApi made = new GardenApi(settings, backend, streams, timer, observer);
    prepare(made, observer);
    try {
      made.bind();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    made.serve();
    return made;
  }

  protected final RawClient connect() throws IOException {
    RawClient client = new RawClient(api.port());
    clients.add(client);
    return client;
  }

  final void stop() {
    stopped = true;
    api.stop();
  }

  @AfterEach
  void closeAll() throws IOException {
    for (RawClient client : clients) {
      client.close();
    }
    if (!stopped) {
      api.stop();
    }
    backend.containers.values().stream()
        .flatMap(container -> container.processes.values().stream())
        .forEach(process -> process.close(""));
    streams.close();
    timer.stop();
  }
}
