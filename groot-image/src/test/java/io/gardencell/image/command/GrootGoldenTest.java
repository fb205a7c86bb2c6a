package io.gardencell.image.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.hcs.golden.FaultRules;
import io.gardencell.hcs.golden.GoldenVector;
import io.gardencell.hcs.golden.KnownDifferences;
import io.gardencell.hcs.golden.RecordingHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recorded runs of groot.exe, replayed on the emulated host. */
class GrootGoldenTest {

  @Test
  void doesWhatTheReferenceDid(@TempDir Path directory) throws IOException {
    List<GoldenVector> vectors = GoldenVector.readAll(GoldenGroot.vectors());
    assertThat(vectors).hasSizeGreaterThan(100);
    Map<String, List<String>> found = new TreeMap<>();
    for (GoldenVector vector : vectors) {
      found.put(vector.name(), replay(vector, directory.resolve(vector.name())));
    }
    assertThat(KnownDifferences.complaints(found, GoldenKnown.everywhere())).isEmpty();
  }

  private static List<String> replay(GoldenVector vector, Path directory) throws IOException {
    Path root = Files.createDirectories(directory.resolve("root"));
    Path data = Files.createDirectories(directory.resolve("data"));
    try (Host host = HostProvider.named("emulated").open(new HostOptions(data))) {
      RecordingHost recorder = new RecordingHost(host);
      try (GoldenGroot groot = new GoldenGroot(root, recorder.host())) {
        return groot.differences(
            vector,
            recorder,
            text -> recorder.fail(FaultRules.of(text)),
            bytes -> GoldenGroot.fillEach(data.resolve("emulator").resolve("volumes"), bytes));
      }
    }
  }
}
