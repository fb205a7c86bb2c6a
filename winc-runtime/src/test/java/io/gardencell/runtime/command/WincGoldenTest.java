package io.gardencell.runtime.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.golden.FaultRules;
import io.gardencell.hcs.golden.GoldenReplay;
import io.gardencell.hcs.golden.GoldenRun;
import io.gardencell.hcs.golden.GoldenStage;
import io.gardencell.hcs.golden.GoldenVector;
import io.gardencell.hcs.golden.KnownDifferences;
import io.gardencell.hcs.golden.RecordingHost;
import io.gardencell.runtime.FakeHost;
import io.gardencell.runtime.FakeProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every recorded run of the reference, through the command on a host in memory: exit code, output,
 * log, state files, and each call that changes something with its documents.
 */
class WincGoldenTest {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  @Test
  void everyRecordedRunIsAlikeOrListed() throws IOException {
    Map<String, List<String>> found = new TreeMap<>();
    for (GoldenVector vector : GoldenVector.readAll(WincGolden.VECTORS)) {
      Path root = Files.createDirectories(directory.resolve(vector.name()));
      found.put(vector.name(), new Run(root).differences(vector));
    }
    assertThat(KnownDifferences.complaints(found, WincGolden.DIFFERENCES)).isEmpty();
  }

  /** One vector on a host of its own. */
  private static final class Run {
    private final FakeHost fake;
    private final RecordingHost recorder;
    private final FakeSurroundings around;
    private final GoldenStage stage;
    private final GoldenRun.LogFile log;

    Run(Path root) throws IOException {
      Path stageRoot = Files.createDirectory(root.resolve("stage"));
      fake = new FakeHost(root.resolve("proc"));
      fake.runsPrograms = true;
      recorder = new RecordingHost(fake.host());
      around = new FakeSurroundings(recorder::host, root);
      stage = new GoldenStage(stageRoot, FakeProgram.PROBE);
      log = new GoldenRun.LogFile(stageRoot.resolve("log.json"));
    }

    List<String> differences(GoldenVector vector) {
      return new GoldenReplay(stage, recorder, this::run)
          .onFaults(rules -> recorder.fail(FaultRules.of(rules)))
          .onFakeState(this::load)
          .onSettle(fake::settle)
          .adjustingLog(WincGolden::ownLog)
          .adjustingOutputs(WincGolden::withoutOurMembers)
          .differences(vector);
    }

    private GoldenRun.Ending run(GoldenRun.Invocation invocation) {
      around.stdin(invocation.stdin());
      around.env = invocation.env();
      int code = around.run(invocation.cwd(), invocation.args().toArray(String[]::new));
      return GoldenRun.Ending.of(
          code, around.out.toByteArray(), around.err.toByteArray(), WincGolden.errors(log.next()));
    }

    private void load(JsonNode state) {
      state
          .path("systems")
          .forEach(
              s ->
                  fake.pin(
                      s.path("Id").asText(),
                      s.path("State").asText(),
                      SystemDocument.container().build()));
      state
          .path("endpoints")
          .forEach(e -> fake.endpoints.put(e.path("Name").asText(), e.path("ID").asText()));
    }
  }
}
