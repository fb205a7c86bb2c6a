package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.ContainerSpec;
import io.gardencell.api.ImageRef;
import io.gardencell.api.Limits;
import io.gardencell.client.RemoteContainer;
import io.gardencell.image.command.GrootCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code groot} works on the store of a server that uses it at the same time. */
class GrootBesideServerIT {

  private static final int COMMANDERS = 2;
  private static final int CONTAINERS = 8;

  private Path directory = Path.of("");

  private String image(int number) throws IOException {
    return new OciLayout(directory.resolve("image-" + number))
        .layer(new Tar().file("Files/app/shared.txt", "shared"))
        .layer(new Tar().file("Files/app/own.txt", "of " + number))
        .write();
  }

  /** Standard output of a command in a process of its own that succeeds. */
  private String groot(Path dataDir, String... words) throws Exception {
    Path out = Files.createTempFile(directory, "out", "");
    Path err = Files.createTempFile(directory, "err", "");
    List<String> all =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                GrootCommand.class.getName(),
                "--host",
                "emulated",
                "--data-dir",
                dataDir.toString()));
    all.addAll(List.of(words));
    Process process =
        new ProcessBuilder(all).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String text = Files.readString(out);
    assertThat(process.exitValue())
        .as(String.join(" ", words) + ": " + text + Files.readString(err))
        .isZero();
    return text;
  }

  private String command(Path dataDir, int number) throws Exception {
    String handle = "command-" + number;
    groot(dataDir, "pull", image(number));
    assertThat(groot(dataDir, "create", image(number), handle)).startsWith("{").hasLineCount(1);
    groot(dataDir, "gc");
    assertThat(groot(dataDir, "stats", handle)).startsWith("{\"disk_usage\":");
    groot(dataDir, "delete", handle);
    return handle;
  }

  private static ContainerSpec spec(String handle, String uri) {
    return new ContainerSpec(
        handle,
        Duration.ZERO,
        "",
        new ImageRef(uri, "", ""),
        List.of(),
        "",
        Map.of(),
        List.of(),
        false,
        Limits.NONE,
        List.of(),
        List.of());
  }

  @Test
  void bothGetWhatTheyAskForAndNeitherTakesTheOthersAway(@TempDir Path temporary) throws Exception {
    directory = temporary;
    ExecutorService threads = Executors.newFixedThreadPool(COMMANDERS);
    try (GardenDaemon daemon = GardenDaemon.inProcess()) {
      List<Future<String>> commands = new ArrayList<>();
      for (int i = 0; i < COMMANDERS; i++) {
        int number = i;
        commands.add(threads.submit(() -> command(daemon.dataDir(), number)));
      }
      for (int i = 0; i < CONTAINERS; i++) {
        String handle = "server-" + i;
        RemoteContainer container =
            daemon.client().create(spec(handle, image(10 + i % COMMANDERS)));
        assertThat(Tar.files(container.streamOut("C:\\app\\own.txt", "")).values())
            .singleElement()
            .satisfies(b -> assertThat(new String(b, StandardCharsets.UTF_8)).startsWith("of 1"));
        if (i % 2 == 0) {
          daemon.client().destroy(handle);
        }
      }
      for (Future<String> command : commands) {
        command.get(2, TimeUnit.MINUTES);
      }

      Path store = daemon.dataDir().resolve("groot");
      assertThat(names(store.resolve("volumes"))).hasSize(CONTAINERS / 2);
      assertThat(names(store.resolve("tmp"))).isEmpty();
      groot(daemon.dataDir(), "gc");
      for (String layer : names(store.resolve("layers"))) {
        assertThat(store.resolve("layers").resolve(layer).resolve("size")).exists();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(p -> p.getFileName().toString()).toList();
    }
  }
}
