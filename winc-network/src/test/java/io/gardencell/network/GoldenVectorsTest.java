package io.gardencell.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.HnsEndpoint;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The recorded runs of the reference without faults: exit code, output, error text and the final
 * policies of every endpoint. Runs with faults differ in their calls by design (rules before
 * attach) and are covered by {@link WincNetworkTest}.
 */
class GoldenVectorsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final int COMPARED = 81;

  private final Path dir;

  GoldenVectorsTest(@TempDir Path dir) {
    this.dir = dir;
  }

  /** Vector names, and why our answer is another one. */
  private static final Map<String, String> DIFFERENCES =
      Map.ofEntries(
          Map.entry("create-config-wrong-type", "wording of JSON type errors is ours (spec 2)"),
          Map.entry("create-mtu-too-small", "checked before HNS is called (17.2)"),
          Map.entry("create-overlapping", "the host in memory knows no overlapping subnets"),
          Map.entry("create-subnet-malformed", "checked before HNS is called (17.2)"),
          Map.entry("up-dns-server-malformed", "the reference crashes"),
          Map.entry("up-netin-container-port-zero", "both ports 0 is an error (17.2)"),
          Map.entry(
              "up-netin-explicit-in-pool-range", "a fixed port is taken from the pool (17.6)"),
          Map.entry("up-netin-pool-corrupt", "the pool is rebuilt (17.6)"),
          Map.entry("up-netin-same-host-port-twice", "refused before HNS is called (17.6)"),
          Map.entry("up-netin-taken-by-other-container", "refused before HNS is called (17.6)"),
          Map.entry("up-netout-address-malformed", "the text names the range (17.2)"),
          Map.entry("up-netout-all-with-ports", "the reference opens every port (17.2)"),
          Map.entry("up-netout-icmp-with-ports", "the reference drops the ports (17.2)"),
          Map.entry("up-netout-ipv6", "the reference crashes"),
          Map.entry("up-netout-no-end", "the reference crashes"),
          Map.entry("up-netout-protocol-text", "wording of JSON type errors is ours (spec 2)"),
          Map.entry("up-stdin-array", "wording of JSON type errors is ours (spec 2)"),
          Map.entry("up-stdin-wrong-type", "wording of JSON type errors is ours (spec 2)"),
          Map.entry("up-twice", "refused while the container lives (17.3)"));

  @Test
  void faultlessRunsEndAsTheReferencesDo() throws Exception {
    Path vectors = Path.of("src/test/resources/golden/winc-network");
    Map<String, String> found = new TreeMap<>();
    int compared = 0;
    List<Path> files;
    try (Stream<Path> list = Files.list(vectors)) {
      files = list.sorted().toList();
    }
    for (Path file : files) {
      JsonNode vector = JSON.readTree(file.toFile());
      if (vector.hasNonNull("faults")) {
        continue;
      }
      compared++;
      String difference = new Run(Files.createTempDirectory(dir, "run")).compare(vector);
      if (!difference.isEmpty()) {
        found.put(vector.get("name").asText(), difference);
      }
    }
    assertThat(new TreeSet<>(found.keySet()))
        .as("%s", found)
        .isEqualTo(new TreeSet<>(DIFFERENCES.keySet()));
    assertThat(compared).isEqualTo(COMPARED);
  }

  private static final class Run {
    private final Path root;
    private final FakeHns hns = new FakeHns();
    private String out = "";
    private String err = "";

    Run(Path root) {
      this.root = root;
    }

    String compare(JsonNode vector) throws Exception {
      Map<String, String> contents = new TreeMap<>();
      vector
          .path("files")
          .properties()
          .forEach(e -> contents.put(e.getKey(), content(e.getValue())));
      for (Map.Entry<String, String> file : contents.entrySet()) {
        write(file.getKey(), file.getValue());
      }
      for (JsonNode step : vector.path("setup")) {
        if (step.has("write")) {
          for (Map.Entry<String, JsonNode> e : step.get("write").properties()) {
            write(e.getKey(), content(e.getValue()));
          }
        } else if (step.has("command")) {
          command(step.get("command"), step.path("stdin").asText(""));
        }
      }
      int code = command(vector.get("command"), vector.path("stdin").asText(""));
      List<String> differences = new ArrayList<>();
      if (code != vector.get("exitCode").asInt()) {
        differences.add("exit " + code + " " + err);
      } else {
        String expectedErr = vector.path("stderr").asText();
        if (!expectedErr.contains("{{") && !normal(expectedErr).equals(normal(err))) {
          differences.add("stderr " + err + " not " + expectedErr);
        }
        String expectedOut = vector.path("stdout").asText();
        if (!expectedOut.contains("{{") && !normal(expectedOut).equals(normal(out))) {
          differences.add("stdout " + out + " not " + expectedOut);
        }
        String policies = "";
        for (JsonNode call : vector.path("calls")) {
          JsonNode args = call.path("args");
          if (call.path("kind").asText().equals("change")
              && args.path("path").asText().startsWith("/endpoints/{{")
              && args.path("method").asText().equals("POST")) {
            policies = args.path("request").path("Policies").toString();
          }
        }
        List<HnsEndpoint> ends = new ArrayList<>(hns.endpoints.values());
        if (code == 0 && !policies.isEmpty()) {
          String ours = HcsJson.write(ends.get(ends.size() - 1).policies());
          if (!JSON.readTree(normal(policies)).equals(JSON.readTree(normal(ours)))) {
            differences.add("policies " + ours + " not " + policies);
          }
        }
      }
      return String.join("; ", differences);
    }

    /** The fake host chooses other addresses than the recorded service. */
    private static String normal(String text) {
      return text.replaceAll("172\\.30\\.0\\.[2-9](?![0-9])", "IP");
    }

    private static String content(JsonNode node) {
      return node.isTextual() ? node.asText() : node.toString();
    }

    private Path path(String name) {
      String base = name.substring(name.lastIndexOf('\\') + 1);
      return base.startsWith("port-state")
          ? root.resolve("network").resolve(base)
          : root.resolve(base);
    }

    private void write(String name, String text) throws Exception {
      Path file = path(name);
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, text);
    }

    private int command(JsonNode command, String stdin) {
      List<String> args = new ArrayList<>();
      command.forEach(arg -> args.add(arg.asText()));
      String tool = args.remove(0);
      if (tool.equals("winc")) {
        String handle = args.get(args.size() - 1);
        if (args.contains("create") || args.contains("run")) {
          hns.systems.add(handle);
        } else if (args.contains("delete")) {
          hns.systems.remove(handle);
        }
        return 0;
      }
      args.replaceAll(a -> a.contains("{{ROOT}}") ? path(a).toString() : a);
      args.add("--data-dir=" + root);
      ByteArrayOutputStream stdout = new ByteArrayOutputStream();
      ByteArrayOutputStream stderr = new ByteArrayOutputStream();
      int code =
          WincNetworkCommand.run(
              args.toArray(String[]::new),
              new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
              new PrintStream(stdout, true, StandardCharsets.UTF_8),
              new PrintStream(stderr, true, StandardCharsets.UTF_8),
              c -> hns.host());
      out = stdout.toString(StandardCharsets.UTF_8);
      err = stderr.toString(StandardCharsets.UTF_8);
      return code;
    }
  }
}
