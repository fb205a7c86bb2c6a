package io.gardencell.network.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.hcs.Hosts;
import io.gardencell.hcs.document.LayerReference;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.golden.GoldenReplay;
import io.gardencell.hcs.golden.GoldenRun;
import io.gardencell.hcs.golden.GoldenStage;
import io.gardencell.hcs.golden.GoldenVector;
import io.gardencell.hcs.golden.StandInJournal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The recorded runs on a Windows JVM, through the packaged {@code winc-network.jar} and its
 * bindings against the stand-in vmcompute.dll: run by acceptance/win64/run.sh only, which puts the
 * jar before everything else on the class path. The calls are those of the stand-in's journal. One
 * JVM runs all of them; a handful run as {@code java -jar winc-network.jar}.
 */
class GoldenVectorsIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String JAR = System.getProperty("gardencell.jar", "");
  private static final String PROBE = System.getProperty("gardencell.probe", "probe.exe");

  /**
   * Run as processes of their own as well: one of each kind of command and ending, none of which
   * takes a port, since a process asks this machine which ones are free.
   */
  private static final Set<String> AS_PROCESS =
      Set.of(
          "create-network",
          "up-netout-several-networks",
          "down-after-up",
          "create-fault-mtu",
          "up-fault-attach");

  private static final Path STATE = Path.of(System.getenv().getOrDefault("FAKEHCS_ROOT", "C:\\st"));
  private static Host host;

  private final Path dir;
  private final Map<String, ComputeSystem> systems = new HashMap<>();
  private int replays;

  GoldenVectorsIT(@TempDir Path dir) {
    this.dir = dir;
  }

  @BeforeAll
  static void open() {
    host = HostProvider.named("hcs").open(new HostOptions(STATE.resolve("data")));
  }

  @AfterAll
  static void close() {
    host.close();
  }

  @AfterEach
  void endSystems() {
    List.copyOf(systems.keySet()).forEach(this::endSystem);
  }

  @Test
  void theCommandIsThePackagedOne() throws URISyntaxException, ClassNotFoundException {
    assertThat(Path.of(JAR)).hasFileName("winc-network.jar");
    Class<?> bindings = Class.forName("com.sun.jna.Native", false, getClass().getClassLoader());
    for (Class<?> packaged : List.of(WincNetworkCommand.class, HostProvider.class, bindings)) {
      assertThat(Path.of(packaged.getProtectionDomain().getCodeSource().getLocation().toURI()))
          .as("%s", packaged)
          .isEqualTo(Path.of(JAR));
    }
  }

  @Test
  void everyRunIsTheReferencesOrAsTheSpecificationWantsIt() {
    Map<String, List<String>> found = new TreeMap<>();
    for (GoldenVector vector : vectors()) {
      found.put(vector.name(), differences(GoldenComparison.wanted(vector), false));
    }

    assertThat(GoldenComparison.complaints(found)).isEmpty();
  }

  @Test
  void someRunAsProcessesOfTheirOwn() {
    Map<String, List<String>> found = new TreeMap<>();
    for (GoldenVector vector : vectors()) {
      if (AS_PROCESS.contains(vector.name())) {
        found.put(vector.name(), differences(GoldenComparison.wanted(vector), true));
      }
    }

    assertThat(found).hasSize(AS_PROCESS.size());
    assertThat(GoldenComparison.complaintsAmong(found)).isEmpty();
  }

  private static List<GoldenVector> vectors() {
    Path root = Path.of(System.getProperty("gardencell.root", ".."));
    return GoldenVector.readAll(
        root.resolve("winc-network/src/test/resources/golden/winc-network"));
  }

  /** Each on a service that knows nothing, with fault rules that it has not counted yet. */
  private List<String> differences(GoldenVector vector, boolean asProcess) {
    int number = replays++;
    try {
      for (String file : List.of("state.json", "faults.txt")) {
        Files.deleteIfExists(STATE.resolve(file));
      }
      Path root = Files.createDirectory(dir.resolve("r" + number));
      GoldenCommands commands =
          new GoldenCommands(root, () -> Hosts.kept(host), this::startSystem, this::endSystem);
      GoldenRun run =
          asProcess ? invocation -> inProcess(commands, root, vector, invocation) : commands::run;
      return new GoldenReplay(commands.stage(PROBE), new StandInJournal(STATE), run)
          .comparing(GoldenComparison.compared(vector))
          .onFaults(rules -> writeFaults(rules, number))
          .differences(vector);
    } catch (IOException failed) {
      throw new UncheckedIOException(vector.name(), failed);
    } finally {
      endSystems();
    }
  }

  /** The stand-in counts by a rule's text, for as long as this process lives. */
  private static void writeFaults(String rules, int number) {
    try {
      Files.writeString(
          STATE.resolve("faults.txt"), rules.replaceAll("@(?=\\d)", "@" + "0".repeat(number + 1)));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void startSystem(String handle) {
    String guid = GoldenStage.VOLUME.replaceAll("^.*\\{|}.*$", "");
    try {
      Files.createDirectories(STATE.resolve("volumes").resolve(guid));
      Path layer = Files.createDirectories(STATE.resolve("layers").resolve("l1"));
      ComputeSystem system =
          host.compute()
              .create(
                  handle,
                  SystemDocument.container()
                      .volumePath(GoldenStage.VOLUME)
                      .layers(List.of(new LayerReference(guid, layer.toString())))
                      .build(),
                  LIMIT);
      systems.put(handle, system);
      system.start(LIMIT);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private void endSystem(String handle) {
    ComputeSystem system = systems.remove(handle);
    if (system != null) {
      try (system) {
        system.terminate();
        system.exited().get(30, TimeUnit.SECONDS);
      } catch (InterruptedException
          | java.util.concurrent.ExecutionException
          | java.util.concurrent.TimeoutException failed) {
        throw new IllegalStateException(handle + " does not end", failed);
      }
    }
  }

  private GoldenRun.Ending inProcess(
      GoldenCommands commands, Path root, GoldenVector vector, GoldenRun.Invocation invocation) {
    if (!invocation.args().contains(vector.command().get(vector.command().size() - 1))
        || !invocation.tool().equals("winc-network")) {
      return commands.run(invocation);
    }
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java.exe").toString());
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-jar", JAR));
    line.addAll(invocation.args());
    line.add("--data-dir=" + root.resolve("data"));
    line.add("--host=hcs");
    try {
      Path stdin = Files.write(root.resolve("stdin"), invocation.stdin());
      Path stdout = root.resolve("stdout");
      Path stderr = root.resolve("stderr");
      Process process =
          new ProcessBuilder(line)
              .redirectInput(stdin.toFile())
              .redirectOutput(stdout.toFile())
              .redirectError(stderr.toFile())
              .start();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return GoldenRun.Ending.of(
          process.exitValue(),
          Files.readAllBytes(stdout),
          Files.readAllBytes(stderr),
          commands.log());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }
}
