package io.gardencell.emulator.compute;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The living processes of this machine at one moment, grouped once for all who ask. */
final class ProcessSnapshot {

  private final Map<Long, ProcessTable.Entry> byPid = new HashMap<>();
  private final Map<Long, List<ProcessTable.Entry>> byParent = new HashMap<>();
  private final Map<Long, List<ProcessTable.Entry>> bySession = new HashMap<>();
  private final Map<String, List<ProcessTable.Entry>> byMarker = new HashMap<>();
  private final long begunAt;

  /**
   * Groups entries.
   *
   * @param begunAt {@link System#nanoTime} when the reading began
   */
  ProcessSnapshot(long begunAt, List<ProcessTable.Entry> living, Map<Long, String> markers) {
    this.begunAt = begunAt;
    for (ProcessTable.Entry e : living) {
      byPid.put(e.pid(), e);
      byParent.computeIfAbsent(e.parent(), k -> new ArrayList<>()).add(e);
      bySession.computeIfAbsent(e.session(), k -> new ArrayList<>()).add(e);
      String marker = markers.get(e.pid());
      if (marker != null) {
        byMarker.computeIfAbsent(marker, k -> new ArrayList<>()).add(e);
      }
    }
  }

  long begunAt() {
    return begunAt;
  }

  /**
   * Processes of a system: those that were started in it, their sessions, descendants, and carriers
   * of its marker.
   */
  List<ProcessTable.Entry> membersOf(SystemRecord system, Collection<ProcessRecord> started) {
    Map<Long, String> roots = new HashMap<>();
    started.forEach(p -> roots.put(p.pid(), p.start()));
    List<ProcessTable.Entry> members = new ArrayList<>();
    Set<Long> seen = new HashSet<>();
    Deque<ProcessTable.Entry> next =
        new ArrayDeque<>(byMarker.getOrDefault(system.marker(), List.of()));
    roots.forEach(
        (pid, start) -> {
          ProcessTable.Entry root = byPid.get(pid);
          if (root != null && root.start().equals(start)) {
            next.add(root);
          }
        });
    for (ProcessTable.Entry e = next.poll(); e != null; e = next.poll()) {
      if (seen.add(e.pid())) {
        members.add(e);
        next.addAll(byParent.getOrDefault(e.pid(), List.of()));
        if (e.session() > 1 && roots.containsKey(e.session())) {
          next.addAll(bySession.getOrDefault(e.session(), List.of()));
        }
      }
    }
    return members;
  }
}
