package io.gardencell.emulator.compute;

import io.gardencell.hcs.document.EndpointStatistics;
import io.gardencell.hcs.document.ProcessDetails;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.Statistics;
import io.gardencell.hcs.document.SystemProperties;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Figures of a system from its processes, ended ones included. Any thread. */
final class SystemStatistics {

  private static final int MANY = 1_000;

  private final SystemStore store;
  private final ProcessTable table;
  private final Map<String, Highest> highest = new ConcurrentHashMap<>();

  /** What may not fall: the peak of memory, and processor times. */
  private record Highest(long memory, EndedTimes times) {

    Highest with(Highest other) {
      return new Highest(
          Math.max(memory, other.memory),
          new EndedTimes(
              Math.max(times.user(), other.times.user()),
              Math.max(times.kernel(), other.times.kernel())));
    }
  }

  SystemStatistics(SystemStore store, ProcessTable table) {
    this.store = store;
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

  SystemProperties properties(
      SystemRecord s, List<PropertyType> types, Supplier<List<EndpointStatistics>> network) {
    SystemProperties basics = basics(s);
    boolean figures = types.contains(PropertyType.STATISTICS);
    boolean list = types.contains(PropertyType.PROCESS_LIST);
    if (!figures && !list) {
      return basics;
    }
    Map<Path, ProcessRecord> processes = store.processes(s);
    List<ProcessTable.Entry> members = table.recent().membersOf(s, processes.values());
    return new SystemProperties(
        basics.id(),
        basics.state(),
        basics.name(),
        basics.systemType(),
        basics.runtimeOsType(),
        basics.owner(),
        false,
        "",
        figures ? figures(s, processes, members, network.get()) : (@Nullable Statistics) null,
        list ? details(members, processes.values()) : List.of());
  }

  private Statistics figures(
      SystemRecord s,
      Map<Path, ProcessRecord> processes,
      List<ProcessTable.Entry> members,
      List<EndpointStatistics> network) {
    EndedTimes times = EndedTimes.sum(store.state(), store.directory(s.id()));
    long memory = 0;
    for (ProcessTable.Entry m : members) {
      times =
          times.plus(new EndedTimes(m.user() + m.childrenUser(), m.kernel() + m.childrenKernel()));
      memory += PrivateMemory.of(m.pid());
    }
    for (Path home : processes.keySet()) {
      times = times.plus(EndedTimes.of(home));
    }
    Highest high = highest.merge(s.marker(), new Highest(memory, times), Highest::with);
    if (highest.size() > MANY) {
      Set<String> living =
          store.all().stream().map(SystemRecord::marker).collect(Collectors.toSet());
      highest.keySet().retainAll(living);
    }
    long user = high.times().user();
    long kernel = high.times().kernel();
    Instant now = Instant.now();
    return new Statistics(
        now.toString(),
        s.created(),
        (now.toEpochMilli() - s.createdMillis()) * 10_000,
        new Statistics.Memory(memory, high.memory(), memory),
        new Statistics.Processor(user + kernel, user, kernel),
        new Statistics.Storage(0, 0, 0, 0),
        network);
  }

  /** Our own records tell the moment of a start better than the machine, which counts in ticks. */
  private static List<ProcessDetails> details(
      List<ProcessTable.Entry> members, Collection<ProcessRecord> records) {
    Map<Long, ProcessRecord> started = new HashMap<>();
    records.forEach(record -> started.put(record.pid(), record));
    return members.stream()
        .map(
            m -> {
              Optional<ProcessRecord> own =
                  Optional.ofNullable(started.get(m.pid()))
                      .filter(record -> record.start().equals(m.start()));
              long bytes = PrivateMemory.of(m.pid());
              return new ProcessDetails(
                  m.pid(),
                  own.map(ProcessRecord::imageName).orElse(m.name()),
                  own.map(ProcessRecord::created).orElseGet(() -> created(m.pid())),
                  m.kernel(),
                  m.user(),
                  bytes,
                  bytes,
                  0);
            })
        .toList();
  }

  private static String created(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(p -> p.info().startInstant())
        .map(Instant::toString)
        .orElse("");
  }
}
