package io.gardencell.runtime.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gardencell.hcs.ComputeSystem;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.document.SystemQuery;
import io.gardencell.hcs.golden.GoldenReplay;
import io.gardencell.hcs.golden.GoldenRun;
import io.gardencell.hcs.golden.GoldenStage;
import io.gardencell.hcs.golden.GoldenVector;
import io.gardencell.hcs.golden.KnownDifferences;
import io.gardencell.hcs.golden.RecordedCall;
import io.gardencell.hcs.golden.StandInJournal;
import io.gardencell.runtime.FakeProgram;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every recorded run of the reference again, through the packaged {@code winc.jar} on the stand-in
 * vmcompute.dll, whose journal says what it was asked: run by acceptance/win64/run.sh only, which
 * puts the jar before everything else on the class path. One JVM runs all vectors, since Windows
 * programs start slowly under Wine; a handful run as {@code java -jar winc.jar}.
 */
class WincGoldenWin64IT {

  private static final Path STAND_IN =
      Path.of(System.getenv().getOrDefault("FAKEHCS_ROOT", "C:\\st"));
  private static final Path VECTORS =
      Path.of(System.getProperty("gardencell.root", ".."))
          .resolve("winc-runtime")
          .resolve(WincGolden.VECTORS);

  private static final String JAR = System.getProperty("gardencell.jar", "");

  /** Among them all that end with more than 31 bits, which only a process of its own can show. */
  private static final List<String> AS_PROCESSES =
      List.of(
          "create-fault-start-and-shutdown",
          "exec-exit-large",
          "exec-exit-minus-one",
          "run-exit-large",
          "run-stdin",
          "run-with-everything");

  private static int serial;

  @BeforeAll
  static void placeTheProbe() throws IOException {
    Path probe = Path.of(FakeProgram.PROBE);
    Files.createDirectories(probe.getParent());
    Files.copy(
        Path.of(System.getenv("SystemRoot"), "system32", "probe.exe"),
        probe,
        StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void theCommandIsThePackagedOne() throws URISyntaxException, ClassNotFoundException {
    assertThat(Path.of(JAR)).hasFileName("winc.jar");
    Class<?> bindings = Class.forName("com.sun.jna.Native", false, getClass().getClassLoader());
    for (Class<?> packaged : List.of(WincCommand.class, HostProvider.class, bindings)) {
      assertThat(Path.of(packaged.getProtectionDomain().getCodeSource().getLocation().toURI()))
          .as("%s", packaged)
          .isEqualTo(Path.of(JAR));
    }
  }

  @Test
  void everyRecordedRunIsAlikeOrListed() throws IOException {
    Map<String, List<String>> found = new TreeMap<>();
    for (GoldenVector vector : GoldenVector.readAll(VECTORS)) {
      found.put(vector.name(), new Run(WincGoldenWin64IT::inProcess).differences(vector));
    }
    assertThat(KnownDifferences.complaints(found, WincGolden.DIFFERENCES)).isEmpty();
  }

  @Test
  void recordedRunsAreAlikeAsProcessesOfTheirOwn() throws IOException {
    Map<String, List<String>> found = new TreeMap<>();
    for (GoldenVector vector : GoldenVector.readAll(VECTORS)) {
      if (AS_PROCESSES.contains(vector.name())) {
        found.put(vector.name(), new Run(WincGoldenWin64IT::asProcess).differences(vector));
      }
    }
    assertThat(found).hasSize(AS_PROCESSES.size());
    assertThat(KnownDifferences.complaints(found, Map.of())).isEmpty();
  }

  // winc-runtime.md §18 case 8
  @Test
  void anInvalidLogHandleIsRefusedWithTheSystemsText() throws IOException {
    GoldenRun.Ending ending =
        inProcess(
            new GoldenRun.Invocation(
                "winc",
                List.of("--log-handle", "123456789", "state", "x"),
                new byte[0],
                Map.of(),
                Path.of("C:\\tmp")));

    assertThat(ending.exitCode()).isEqualTo(1);
    assertThat(ending.stderr()).contains("log handle 123456789 invalid: ");
  }

  private static GoldenRun.Ending inProcess(GoldenRun.Invocation invocation) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        new WincCommand(
                new Surroundings(
                    new ByteArrayInputStream(invocation.stdin()),
                    new PrintStream(out, true, StandardCharsets.UTF_8),
                    new PrintStream(err, true, StandardCharsets.UTF_8),
                    invocation.env(),
                    invocation.cwd(),
                    HostProvider::named,
                    action -> () -> {}))
            .run(invocation.args().toArray(String[]::new));
    return GoldenRun.Ending.of(code, out.toByteArray(), err.toByteArray(), List.of());
  }

  private static GoldenRun.Ending asProcess(GoldenRun.Invocation invocation) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java.exe").toString());
    words.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", JAR));
    words.addAll(invocation.args());
    Path input = Files.write(Files.createTempFile("winc", ".in"), invocation.stdin());
    Path out = Files.createTempFile("winc", ".out");
    Path err = Files.createTempFile("winc", ".err");
    Process process =
        new ProcessBuilder(words)
            .directory(invocation.cwd().toFile())
            .redirectInput(input.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("does not end: " + words);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    return GoldenRun.Ending.of(
        process.exitValue(), Files.readAllBytes(out), Files.readAllBytes(err), List.of());
  }

  /** One vector on a service that knows nothing yet. */
  private static final class Run {
    private final StandInJournal journal = new StandInJournal(STAND_IN);
    private final GoldenRun command;
    private final Path root;
    private final GoldenRun.LogFile log;

    Run(GoldenRun command) throws IOException {
      this.command = command;
      this.root = Files.createTempDirectory("golden");
      this.log = new GoldenRun.LogFile(root.resolve("log.json"));
    }

    List<String> differences(GoldenVector vector) throws IOException {
      clear();
      try {
        return new GoldenReplay(new GoldenStage(root, FakeProgram.PROBE), journal, this::run)
            .onFaults(this::fail)
            .onFakeState(this::load)
            .onSettle(this::settle)
            .adjustingLog(WincGolden::ownLog)
            .adjustingOutputs(WincGolden::withoutOurMembers)
            .differences(vector);
      } finally {
        Files.deleteIfExists(STAND_IN.resolve("faults.txt"));
        endSystems();
      }
    }

    private GoldenRun.Ending run(GoldenRun.Invocation invocation) throws IOException {
      GoldenRun.Ending ending = command.run(invocation);
      return new GoldenRun.Ending(
          ending.exitCode(), ending.stdout(), ending.stderr(), WincGolden.errors(log.next()));
    }

    private void clear() throws IOException {
      Files.createDirectories(
          STAND_IN.resolve("volumes").resolve("11111111-2222-3333-4444-555555555555"));
      Files.deleteIfExists(STAND_IN.resolve("state.json"));
      Path mounts = Path.of("C:\\proc");
      if (Files.exists(mounts)) {
        try (Stream<Path> all = Files.walk(mounts)) {
          for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(each);
          }
        }
      }
      journal.clear();
    }

    /** The stand-in counts hits by a rule's text in a process, so each use is spelt differently. */
    private void fail(String rules) {
      String spaces = " ".repeat(++serial);
      write("faults.txt", rules.replaceAll("=(?=(?:async:)?0x)", spaces + "="));
    }

    private void load(JsonNode state) {
      write("state.json", state.toString());
    }

    private static void write(String name, String text) {
      try {
        Files.writeString(STAND_IN.resolve(name), text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void settle() {
      for (RecordedCall call : journal.calls()) {
        if (call.function().equals("HcsCreateProcess")) {
          ProcessHandle.of(call.out().path("pid").asLong())
              .ifPresent(p -> p.onExit().orTimeout(20, TimeUnit.SECONDS).join());
        }
      }
    }

    private static void endSystems() {
      try (Host host = HostProvider.named("hcs").open(new HostOptions(STAND_IN))) {
        Map<String, ComputeSystem> open = new HashMap<>();
        for (SystemProperties system : host.compute().enumerate(SystemQuery.all())) {
          if (!system.hasStopped()) {
            open.put(system.id(), host.compute().open(system.id()));
          }
        }
        open.values().forEach(ComputeSystem::terminate);
        open.values().forEach(s -> s.exited().orTimeout(20, TimeUnit.SECONDS).join());
        open.values().forEach(ComputeSystem::close);
      }
    }
  }
}
