package io.gardencell.emulator;

import io.gardencell.hcs.document.EndpointStatistics;
import io.gardencell.hcs.document.ProcessDetails;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.Statistics;
import io.gardencell.hcs.document.SystemProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Figures of a system from its processes, ended ones included. Any thread. */
final class SystemStatistics {

  private static final Pattern TIME = Pattern.compile("(\\d+)m([0-9.]+)s");

  private final ProcessTable table;
  private final Map<String, Long> peaks = new ConcurrentHashMap<>();

  SystemStatistics(ProcessTable table) {
    this.table = table;
  }

  static SystemProperties basics(SystemRecord s) {
    return new SystemProperties(
        s.id(),
        s.state(),
        s.document().name(),
        s.document().systemType(),
        "Windows",
        s.document().owner(),
        false,
        "",
        null,
        List.of());
  }

  static Map<Long, String> roots(Map<Path, ProcessRecord> processes) {
    Map<Long, String> roots = new HashMap<>();
    processes.values().forEach(p -> roots.put(p.pid(), p.start()));
    return roots;
  }

  SystemProperties properties(
      SystemRecord s,
      Map<Path, ProcessRecord> processes,
      List<PropertyType> types,
      List<EndpointStatistics> network) {
    SystemProperties basics = basics(s);
    boolean figures = types.contains(PropertyType.STATISTICS);
    boolean list = types.contains(PropertyType.PROCESS_LIST);
    if (!figures && !list) {
      return basics;
    }
    List<ProcessTable.Entry> members = table.membersOf(s.marker(), roots(processes));
    return new SystemProperties(
        basics.id(),
        basics.state(),
        basics.name(),
        basics.systemType(),
        basics.runtimeOsType(),
        basics.owner(),
        false,
        "",
        figures ? figures(s, processes, members, network) : (@Nullable Statistics) null,
        list ? members.stream().map(m -> details(m)).toList() : List.of());
  }

  private Statistics figures(
      SystemRecord s,
      Map<Path, ProcessRecord> processes,
      List<ProcessTable.Entry> members,
      List<EndpointStatistics> network) {
    long user = 0;
    long kernel = 0;
    long memory = 0;
    for (ProcessTable.Entry m : members) {
      user += m.user() + m.childrenUser();
      kernel += m.kernel() + m.childrenKernel();
      memory += ProcessTable.privateBytes(m.pid());
    }
    for (Path home : processes.keySet()) {
      long[] ended = times(home);
      user += ended[0];
      kernel += ended[1];
    }
    long peak = peaks.merge(s.marker(), memory, Math::max);
    Instant now = Instant.now();
    return new Statistics(
        now.toString(),
        s.created(),
        (now.toEpochMilli() - s.createdMillis()) * 10_000,
        new Statistics.Memory(memory, peak, memory),
        new Statistics.Processor(user + kernel, user, kernel),
        new Statistics.Storage(0, 0, 0, 0),
        network);
  }

  /** User and kernel time of an ended process, from the second line of the shell's times. */
  private static long[] times(Path home) {
    long[] result = new long[2];
    try {
      List<String> lines = Files.readAllLines(home.resolve("times"));
      if (lines.size() > 1) {
        Matcher time = TIME.matcher(lines.get(1));
        for (int i = 0; i < 2 && time.find(); i++) {
          double seconds = Long.parseLong(time.group(1)) * 60 + Double.parseDouble(time.group(2));
          result[i] = Math.round(seconds * 1e7);
        }
      }
    } catch (IOException stillRuns) {
      return result;
    }
    return result;
  }

  private static ProcessDetails details(ProcessTable.Entry m) {
    long bytes = ProcessTable.privateBytes(m.pid());
    String created =
        ProcessHandle.of(m.pid())
            .flatMap(p -> p.info().startInstant())
            .map(Instant::toString)
            .orElse("");
    return new ProcessDetails(m.pid(), m.name(), created, m.kernel(), m.user(), bytes, bytes, 0);
  }
}
