package io.gardencell.network.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.hcs.golden.FaultRules;
import io.gardencell.hcs.golden.GoldenReplay;
import io.gardencell.hcs.golden.GoldenVector;
import io.gardencell.hcs.golden.RecordingHost;
import io.gardencell.network.FakeHns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * All recorded runs of the reference on a host in memory: exit code, output, log, port file, each
 * call that changes something with its document, and what create and delete ask. See {@link
 * GoldenComparison} for where we are to differ.
 */
class GoldenVectorsTest {

  private final Path dir;

  GoldenVectorsTest(@TempDir Path dir) {
    this.dir = dir;
  }

  @Test
  void everyRunIsTheReferencesOrAsTheSpecificationWantsIt() throws IOException {
    List<GoldenVector> vectors =
        GoldenVector.readAll(Path.of("src/test/resources/golden/winc-network"));
    Map<String, List<String>> found = new TreeMap<>();
    for (GoldenVector vector : vectors) {
      Path root = Files.createDirectory(dir.resolve(vector.name()));
      found.put(vector.name(), differences(root, GoldenComparison.wanted(vector)));
    }

    assertThat(GoldenComparison.complaints(found)).isEmpty();
    assertThat(vectors).hasSizeGreaterThanOrEqualTo(105);
  }

  private static List<String> differences(Path root, GoldenVector vector) {
    FakeHns hns = new FakeHns();
    RecordingHost recording = new RecordingHost(hns.host());
    GoldenCommands commands =
        new GoldenCommands(root, recording::host, hns.systems::add, hns::endSystem);
    return new GoldenReplay(commands.stage("C:\\bin\\probe.exe"), recording, commands::run)
        .comparing(GoldenComparison.compared(vector))
        .onFaults(text -> recording.fail(FaultRules.of(text)))
        .differences(vector);
  }
}
