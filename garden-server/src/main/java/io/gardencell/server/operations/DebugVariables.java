package io.gardencell.server.operations;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The variables of the reference's debug server (guardian: metrics, Go's expvar), under its names:
 * scripts that read them go on working. Any thread.
 */
final class DebugVariables {

  private final ServerFacts facts;

  DebugVariables(ServerFacts facts) {
    this.facts = facts;
  }

  Map<String, Object> values() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("backingStores", 0);
    values.put("cmdline", facts.commandLine());
    values.put("depotDirs", depotDirectories());
    values.put("loopDevices", 0);
    values.put("memstats", memory());
    values.put("numCPUS", Runtime.getRuntime().availableProcessors());
    // A goroutine is Go's word; the nearest thing here is a thread.
    values.put("numGoRoutines", ManagementFactory.getThreadMXBean().getThreadCount());
    return values;
  }

  /** Minus one if the depot cannot be listed, as the reference has it. */
  private long depotDirectories() {
    try (Stream<java.nio.file.Path> entries = Files.list(facts.depot())) {
      return entries.count();
    } catch (IOException e) {
      return -1;
    }
  }

  private static Map<String, Object> memory() {
    var bean = ManagementFactory.getMemoryMXBean();
    MemoryUsage heap = bean.getHeapMemoryUsage();
    MemoryUsage other = bean.getNonHeapMemoryUsage();
    long collections = 0;
    long millis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      collections += Math.max(0, collector.getCollectionCount());
      millis += Math.max(0, collector.getCollectionTime());
    }
    Map<String, Object> memory = new LinkedHashMap<>();
    memory.put("Alloc", heap.getUsed());
    memory.put("HeapAlloc", heap.getUsed());
    memory.put("HeapInuse", heap.getUsed());
    memory.put("HeapSys", heap.getCommitted());
    memory.put("Sys", heap.getCommitted() + other.getCommitted());
    memory.put("NumGC", collections);
    memory.put("PauseTotalNs", millis * 1_000_000);
    return memory;
  }
}
