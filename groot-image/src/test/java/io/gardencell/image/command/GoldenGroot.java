package io.gardencell.image.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.golden.CallRecorder;
import io.gardencell.hcs.golden.GoldenReplay;
import io.gardencell.hcs.golden.GoldenRun;
import io.gardencell.hcs.golden.GoldenStage;
import io.gardencell.hcs.golden.GoldenStep;
import io.gardencell.hcs.golden.GoldenVector;
import io.gardencell.image.StoreFolders;
import io.gardencell.image.registry.ScriptedRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/** Replays recorded runs of groot.exe with the command, on any host. One vector each. */
final class GoldenGroot implements AutoCloseable {

  private static final String DISK = "sandbox.vhdx";
  private static final String EMULATED_DISK = "sandbox.json";

  private final Path root;
  private final Host host;
  private int commands;
  private final ScriptedRegistry registry = new ScriptedRegistry();

  GoldenGroot(Path root, Host host) {
    this.root = root;
    this.host = host;
  }

  /** The vectors, from the class path. */
  static Path vectors() {
    try {
      return Path.of(
          java.util.Objects.requireNonNull(GoldenGroot.class.getResource("/golden/groot")).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  List<String> differences(
      GoldenVector vector, CallRecorder recorder, Consumer<String> faults, LongConsumer fill) {
    offer(vector.registry());
    commands =
        1 + (int) vector.setup().stream().filter(GoldenStep.Command.class::isInstance).count();
    GoldenStage stage = new GoldenStage(root, "C:\\probe.exe");
    stage.with("{{REGISTRY}}", registry.host());
    return new GoldenReplay(stage, recorder, this::run)
        .onFaults(faults)
        .onFillVolumes(fill)
        .adjustingOutputs(GoldenGroot::withoutAdditions)
        .differences(vector);
  }

  private GoldenRun.Ending run(GoldenRun.Invocation invocation) throws IOException {
    restoreDisks(root.resolve("store").resolve("volumes"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    GrootCommand command =
        new GrootCommand((name, data) -> host, invocation.env(), out, err, () -> false);
    int code = command.run(invocation.args().toArray(String[]::new));
    StringBuilder rest = new StringBuilder();
    List<JsonNode> log = GoldenRun.LogFile.split(err.toString(StandardCharsets.UTF_8), rest);
    log.forEach(line -> ((ObjectNode) line.path("data")).remove("session"));
    commands--;
    if (commands == 0) {
      removeInherited(root.resolve("store").resolve("layers"));
    }
    removeAdditions(root.resolve("store"), commands == 0);
    return GoldenRun.Ending.of(
        code, out.toByteArray(), rest.toString().getBytes(StandardCharsets.UTF_8), log);
  }

  /** What lies in our store and not in the reference's; of it only the lock file may stay. */
  private static void removeAdditions(Path store, boolean isLast) throws IOException {
    for (String name : List.of("pins", "tmp")) {
      assertThat(StoreFolders.names(store.resolve(name))).isEmpty();
      Files.deleteIfExists(store.resolve(name));
    }
    Files.deleteIfExists(store.resolve("locks").resolve("store.lock"));
    Files.deleteIfExists(store.resolve("locks"));
    for (String layer : isLast ? StoreFolders.names(store.resolve("layers")) : Set.<String>of()) {
      Files.deleteIfExists(store.resolve("layers").resolve(layer).resolve("parent"));
    }
    for (String volume : StoreFolders.names(store.resolve("volumes"))) {
      Path folder = store.resolve("volumes").resolve(volume);
      if (Files.exists(folder.resolve(EMULATED_DISK))) {
        Files.move(folder.resolve(EMULATED_DISK), folder.resolve(DISK));
      }
    }
    if (Files.isDirectory(store) && StoreFolders.names(store).isEmpty()) {
      Files.delete(store);
    }
  }

  /** The emulated host's imported layers hold what they inherit; that was not recorded. */
  private static void removeInherited(Path layers) throws IOException {
    List<Path> inherited = new ArrayList<>();
    for (String layer : StoreFolders.names(layers)) {
      Path folder = layers.resolve(layer);
      if (Files.deleteIfExists(folder.resolve("merged"))) {
        Path parent = layers.resolve(Files.readString(folder.resolve("parent")));
        try (Stream<Path> all = Files.walk(folder.resolve("Files"))) {
          for (Path file : all.filter(Files::isRegularFile).toList()) {
            Path there = parent.resolve(folder.relativize(file));
            if (Files.isRegularFile(there) && Files.mismatch(file, there) < 0) {
              inherited.add(file);
            }
          }
        }
      }
    }
    for (Path file : inherited) {
      Files.delete(file);
      for (Path above = file.getParent();
          above != null && !above.endsWith("Files") && StoreFolders.names(above).isEmpty();
          above = above.getParent()) {
        Files.delete(above);
      }
    }
  }

  /** The emulated host's scratch disks have another name; it is theirs while commands run. */
  private static void restoreDisks(Path volumes) throws IOException {
    for (String volume : StoreFolders.names(volumes)) {
      Path disk = volumes.resolve(volume).resolve(DISK);
      if (Files.exists(disk) && Files.size(disk) > 0) {
        Files.move(disk, disk.resolveSibling(EMULATED_DISK));
      }
    }
  }

  private static String withoutAdditions(String text) {
    if (text.startsWith("{\"guid\":")) {
      return ""; // the emulated host's disk; real ones were left out of the recording
    }
    return text.startsWith("{\"size\":") ? text.replaceFirst(",\"chainIDs\".*}", "}") : text;
  }

  /** Serves the layouts of the vector's images. */
  private void offer(JsonNode images) {
    images
        .properties()
        .forEach(
            image -> {
              String[] name = image.getKey().split(":", 2);
              String base = "/v2/" + name[0];
              JsonNode index = json(image.getValue().path("index.json"));
              JsonNode chosen = index.path("manifests").path(0);
              image
                  .getValue()
                  .properties()
                  .forEach(
                      file -> {
                        String path = file.getKey().replace('\\', '/');
                        if (path.startsWith("blobs/")) {
                          String digest = path.substring("blobs/".length()).replace('/', ':');
                          byte[] bytes = bytes(file.getValue());
                          String type = chosen.path("mediaType").asText();
                          registry.content(base + "/blobs/" + digest, bytes, "x/y");
                          registry.content(base + "/manifests/" + digest, bytes, type);
                          if (digest.equals(chosen.path("digest").asText())) {
                            registry.content(base + "/manifests/" + name[1], bytes, type);
                          }
                        }
                      });
            });
  }

  private static JsonNode json(JsonNode content) {
    try {
      return content.has("base64") || content.isTextual()
          ? new ObjectMapper().readTree(bytes(content))
          : content;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static byte[] bytes(JsonNode content) {
    if (content.has("base64")) {
      return Base64.getDecoder().decode(content.path("base64").asText());
    }
    String text = content.isTextual() ? content.asText() : content.toString();
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Puts a file of so many bytes into each folder of a folder. */
  static void fillEach(Path volumes, long bytes) {
    try (Stream<Path> all = Files.list(volumes)) {
      for (Path volume : all.filter(Files::isDirectory).toList()) {
        Files.write(volume.resolve("filled"), new byte[(int) bytes]);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    registry.close();
  }
}
