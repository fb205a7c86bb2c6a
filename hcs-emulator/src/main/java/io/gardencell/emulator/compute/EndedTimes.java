package io.gardencell.emulator.compute;

import io.gardencell.emulator.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Processor time of processes that have ended, in 100 ns.
 *
 * @param user in user mode
 * @param kernel in kernel mode
 */
record EndedTimes(long user, long kernel) {

  private static final Pattern TIME = Pattern.compile("(\\d+)m([0-9.]+)s");
  private static final String NOTE = "times";
  private static final String SUM = "ended.json";

  static final EndedTimes NONE = new EndedTimes(0, 0);

  EndedTimes plus(EndedTimes other) {
    return new EndedTimes(user + other.user, kernel + other.kernel);
  }

  /** What the supervisor noted, from the second line of the shell's times; none before the end. */
  static EndedTimes of(Path home) {
    try {
      List<String> lines = Files.readAllLines(home.resolve(NOTE));
      if (lines.size() < 2) {
        return NONE;
      }
      long[] result = new long[2];
      Matcher time = TIME.matcher(lines.get(1));
      for (int i = 0; i < 2 && time.find(); i++) {
        double seconds = Long.parseLong(time.group(1)) * 60 + Double.parseDouble(time.group(2));
        result[i] = Math.round(seconds * 1e7);
      }
      return new EndedTimes(result[0], result[1]);
    } catch (IOException stillRuns) {
      return NONE;
    }
  }

  /** Like {@link #of}, and the note is gone. */
  static EndedTimes take(Path home) throws IOException {
    EndedTimes times = of(home);
    Files.deleteIfExists(home.resolve(NOTE));
    return times;
  }

  /** The sum of those whose directories are gone. */
  static EndedTimes sum(StateDirectory state, Path system) {
    return state.read(system.resolve(SUM), EndedTimes.class).orElse(NONE);
  }

  static void add(StateDirectory state, Path system, EndedTimes more) {
    state.change(
        () -> {
          if (Files.isDirectory(system)) {
            state.write(system.resolve(SUM), sum(state, system).plus(more));
          }
        });
  }
}
