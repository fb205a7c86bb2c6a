package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.spi.ImageRequest;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.image.GrootImage;
import io.gardencell.image.ImageConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Twenty images that share layers, created by eight threads in each of four processes, which are
 * killed at random and started again: whatever happens, a layer is complete or absent, and a volume
 * usable or gone. {@code -Dgardencell.kills=N} for more.
 */
class PullsUnderKillIT {

  private static final int PROCESSES = 4;
  private static final int IMAGES = 20;
  private static final int KILLS = Integer.getInteger("gardencell.kills", 4);

  private final Map<Process, Path> logs = new LinkedHashMap<>();

  @Test
  void leavesNothingHalfMade(@TempDir Path directory) throws Exception {
    Path data = Files.createDirectories(directory.resolve("data"));
    Path images = Files.createDirectories(directory.resolve("images"));
    List<Map<String, String>> contents = images(images);
    Random random = new Random(20261125);
    List<Process> running = new ArrayList<>();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        running.add(start(data, images, i, directory));
      }
      for (int kill = 0; kill < KILLS; kill++) {
        Process victim = running.remove(random.nextInt(PROCESSES));
        // Somewhere in the work of a process that has begun it: by its output, then by chance.
        awaitReady(victim);
        boolean ended = victim.waitFor(200 + random.nextInt(1500), TimeUnit.MILLISECONDS);
        assertThat(ended).as("a process ended by itself").isFalse();
        victim.destroyForcibly();
        assertThat(victim.waitFor(30, TimeUnit.SECONDS)).isTrue();
        running.add(start(data, images, PROCESSES + kill, directory));
      }
    } finally {
      for (Process process : running) {
        process.destroyForcibly();
        process.waitFor(30, TimeUnit.SECONDS);
      }
    }
    assertThat(failures()).isEmpty();
    assertThat(names(data, "worked-")).as("threads that came to work").isNotEmpty();
    try (Host host = HostProvider.named("emulated").open(new HostOptions(data))) {
      check(new GrootImage(host, ImageConfig.defaults(data)), data, images, contents);
    }
  }

  private void awaitReady(Process process) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!Files.readString(logs.get(process)).contains("ready")) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      assertThat(process.waitFor(20, TimeUnit.MILLISECONDS)).as("ended before").isFalse();
    }
  }

  private List<String> failures() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path log : logs.values()) {
      Files.readAllLines(log).stream()
          .filter(l -> l.startsWith("FAILED") || l.startsWith("Exception in thread"))
          .forEach(lines::add);
    }
    return lines;
  }

  private static void check(
      GrootImage groot, Path data, Path images, List<Map<String, String>> contents)
      throws IOException {
    Path layers = data.resolve("groot/layers");
    Path volumes = data.resolve("groot/volumes");
    groot.collectGarbage(0);

    // Absent or complete: what has no mark is gone, and nobody's temporary files are left.
    for (String layer : names(layers, "")) {
      assertThat(layers.resolve(layer).resolve("size")).exists();
    }
    assertThat(names(data.resolve("groot/tmp"), "")).isEmpty();
    assertThat(names(data.resolve("groot/pins"), "")).isEmpty();
    for (String volume : names(volumes, "")) {
      assertThat(volumes.resolve(volume).resolve("metadata.json")).exists();
      assertThat(groot.usage(volume).exclusiveBytes()).isZero();
    }
    // Complete: every image still comes out as it was, most of them from layers that are there.
    for (int i = 0; i < IMAGES; i++) {
      String root =
          groot
              .create(
                  new ImageRequest(
                      "check-" + i, "oci://" + images.resolve("image-" + i), "", "", 0, false))
              .rootPath();
      Path volume = data.resolve("emulator/volumes").resolve(root.replaceAll(".*\\{|\\}.*", ""));
      assertThat(files(volume)).isEqualTo(contents.get(i));
      groot.delete("check-" + i);
    }
    for (String volume : names(volumes, "")) {
      groot.delete(volume);
    }
    groot.collectGarbage(0);
    assertThat(names(layers, "")).isEmpty();
    assertThat(names(volumes, "")).isEmpty();
    assertThat(names(data.resolve("emulator/volumes"), "")).isEmpty();
  }

  private static Map<String, String> files(Path volume) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(volume)) {
      for (Path file :
          all.filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS)).toList()) {
        files.put(volume.relativize(file).toString(), Files.readString(file));
      }
    }
    return files;
  }

  /** One base, four middle layers on it, five tops on each: 25 layers for 20 images. */
  private static List<Map<String, String>> images(Path directory) throws IOException {
    List<Map<String, String>> contents = new ArrayList<>();
    Map<String, String> base = text("base", 60);
    for (int i = 0; i < IMAGES; i++) {
      Map<String, String> middle = text("middle-" + i % 4, 20);
      Map<String, String> top = text("top-" + i, 5);
      new OciLayout(directory.resolve("image-" + i))
          .layer(tar(base))
          .layer(tar(middle))
          .layer(tar(top))
          .write();
      Map<String, String> all = new TreeMap<>(base);
      all.putAll(middle);
      all.putAll(top);
      contents.add(all);
    }
    return contents;
  }

  private static Map<String, String> text(String name, int files) {
    Map<String, String> all = new HashMap<>();
    for (int i = 0; i < files; i++) {
      all.put(name + "/" + i + ".txt", (name + i + " ").repeat(500));
    }
    all.put("shared.txt", name);
    return all;
  }

  private static Tar tar(Map<String, String> files) {
    Tar tar = new Tar();
    files.forEach((name, text) -> tar.file("Files/" + name, text));
    return tar;
  }

  private Process start(Path data, Path images, int seed, Path directory) throws IOException {
    Path log = directory.resolve("process-" + seed + ".log");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-Dlogback.configurationFile="
                    + System.getProperty("logback.configurationFile", ""),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                PullingProcess.class.getName(),
                data.toString(),
                images.toString(),
                String.valueOf(IMAGES),
                String.valueOf(seed))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    logs.put(process, log);
    return process;
  }

  private static List<String> names(Path directory, String prefix) throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(p -> p.getFileName().toString()).filter(n -> n.startsWith(prefix)).toList();
    }
  }
}
