package io.gardencell.image.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.hcs.Hosts;
import io.gardencell.hcs.golden.GoldenVector;
import io.gardencell.hcs.golden.KnownDifferences;
import io.gardencell.hcs.golden.StandInJournal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Recorded runs of groot.exe, replayed through the DLL's stand-in (the Win64 tier). */
@EnabledOnOs(OS.WINDOWS)
class GrootGoldenIT {

  private final Path standIn = Path.of(System.getenv().getOrDefault("FAKEHCS_ROOT", "C:\\st"));

  @Test
  void doesWhatTheReferenceDid(@TempDir Path directory) throws IOException {
    Map<String, List<String>> found = new TreeMap<>();
    try (Host host = HostProvider.named("hcs").open(new HostOptions(directory))) {
      for (GoldenVector vector : GoldenVector.readAll(GoldenGroot.vectors())) {
        found.put(vector.name(), replay(vector, host, directory.resolve(vector.name())));
      }
    }
    assertThat(KnownDifferences.complaints(found, GoldenKnown.onWindows())).isEmpty();
  }

  private List<String> replay(GoldenVector vector, Host host, Path root) throws IOException {
    Files.createDirectories(root);
    Path faults = standIn.resolve("faults.txt");
    try (GoldenGroot groot = new GoldenGroot(root, Hosts.kept(host))) {
      return groot.differences(
          vector,
          new StandInJournal(standIn),
          text -> {
            try {
              Files.writeString(faults, text);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          },
          bytes -> GoldenGroot.fillEach(standIn.resolve("volumes"), bytes));
    } finally {
      Files.deleteIfExists(faults);
    }
  }
}
