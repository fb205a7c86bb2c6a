package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Connections that do nothing cost little and hold nothing up. */
class IdleConnectionsIT {

  private static final int COUNT = Integer.getInteger("gardencell.idle-connections", 10_000);

  // issue: 10,000 idle connections; a stop with 1,000 open connections within 10 s
  @Test
  void thousandsOfIdleConnectionsCostBoundedMemoryAndDelayNeitherRequestsNorTheStop()
      throws Exception {
    List<SocketChannel> idle = new ArrayList<>();
    try (GardenDaemon daemon = GardenDaemon.ownJvm()) {
      double before = figure(daemon, "jvm_memory_used_direct_bytes");
      for (int i = 0; i < COUNT; i++) {
        idle.add(SocketChannel.open(daemon.address()));
      }
      awaitConnections(daemon);

      double heap = figure(daemon, "jvm_memory_used_heap_bytes");
      assertThat(heap).isLessThan(200e6);
      assertThat(figure(daemon, "jvm_memory_used_direct_bytes") - before).isLessThan(64e6);
      assertThat(figure(daemon, "jvm_threads_current")).isLessThan(100);
      daemon.client().ping();
      long begin = System.nanoTime();
      daemon.terminate();
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
    } finally {
      for (SocketChannel connection : idle) {
        connection.close();
      }
    }
  }

  private static void awaitConnections(GardenDaemon daemon) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (figure(daemon, "garden_connections") < COUNT) {
      assertThat(System.nanoTime()).isLessThan(end);
    }
  }

  private static double figure(GardenDaemon daemon, String name)
      throws IOException, InterruptedException {
    String text =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + daemon.port() + "/metrics"))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    Matcher figure = Pattern.compile("^" + name + " (\\S+)$", Pattern.MULTILINE).matcher(text);
    assertThat(figure.find()).as(name).isTrue();
    return Double.parseDouble(figure.group(1));
  }
}
