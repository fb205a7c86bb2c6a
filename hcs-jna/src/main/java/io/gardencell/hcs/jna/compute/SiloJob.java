package io.gardencell.hcs.jna.compute;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.document.ProcessDetails;
import io.gardencell.hcs.document.Statistics;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.jna.win32.Kernel32;
import io.gardencell.hcs.jna.win32.NtDll;
import io.gardencell.hcs.jna.win32.ObjectAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Figures of a process-isolated container from its job object, without a call to the compute
 * service (hcsshim: internal/jobobject). The job's name is HCS's own affair and only SYSTEM may
 * open it: whatever fails here gives nothing, and the caller asks HCS. Any thread.
 */
final class SiloJob {

  static final int QUERY = 0x4;
  static final int BASIC_ACCOUNTING = 1;
  static final int PROCESS_IDS = 3;
  static final int MEMORY_USAGE = 28;
  static final int ACCOUNTING_BYTES = 48;
  static final int MEMORY_BYTES = 16;

  private static final int IDS_OFFSET = 8;
  private static final int FIRST_ROOM = 64;
  private static final int MORE_DATA = 234;
  private static final int ATTEMPTS = 5;

  private final NtDll ntdll;
  private final Kernel32 kernel32;
  private final int room;

  SiloJob(NtDll ntdll, Kernel32 kernel32) {
    this(ntdll, kernel32, FIRST_ROOM);
  }

  /**
   * With other room.
   *
   * @param room how many processes the first question has room for
   */
  SiloJob(NtDll ntdll, Kernel32 kernel32, int room) {
    this.ntdll = ntdll;
    this.kernel32 = kernel32;
    this.room = room;
  }

  /**
   * Commit charge, processor times and pids of a running system; nothing that only HCS knows. Empty
   * if the job cannot be had.
   */
  Optional<SystemProperties> figures(String id) {
    Pointer job = open(id);
    if (job == null) {
      return Optional.empty();
    }
    try (Memory accounting = new Memory(ACCOUNTING_BYTES);
        Memory memory = new Memory(MEMORY_BYTES)) {
      List<Long> pids = pids(job);
      return pids != null
              && query(job, BASIC_ACCOUNTING, accounting)
              && query(job, MEMORY_USAGE, memory)
          ? Optional.of(properties(id, statistics(accounting, memory), pids))
          : Optional.empty();
    } finally {
      kernel32.CloseHandle(job);
    }
  }

  private @Nullable Pointer open(String id) {
    var job = new PointerByReference();
    try (ObjectAttributes name = new ObjectAttributes(null, "\\Container_" + id, 0)) {
      return ntdll.NtOpenJobObject(job, QUERY, name.pointer()) < 0 ? null : job.getValue();
    }
  }

  private boolean query(Pointer job, int infoClass, Memory info) {
    info.clear();
    return kernel32.QueryInformationJobObject(
        job, infoClass, info, Math.toIntExact(info.size()), new IntByReference());
  }

  /** The list is asked for again with more room until it fits; null if it cannot be had. */
  private @Nullable List<Long> pids(Pointer job) {
    int now = room;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try (Memory list = new Memory(IDS_OFFSET + 8L * now)) {
        if (query(job, PROCESS_IDS, list)) {
          return listed(list);
        }
        if (Native.getLastError() != MORE_DATA) {
          return null;
        }
        now = 2 * Math.max(now, list.getInt(0));
      }
    }
    return null;
  }

  /** JOBOBJECT_BASIC_PROCESS_ID_LIST: assigned at 0, listed at 4, pids of pointer size from 8. */
  static List<Long> listed(Pointer list) {
    List<Long> pids = new ArrayList<>();
    for (int i = 0; i < list.getInt(4); i++) {
      pids.add(list.getLong(IDS_OFFSET + 8L * i));
    }
    return pids;
  }

  /**
   * Of JOBOBJECT_BASIC_ACCOUNTING_INFORMATION the user time at 0 and the kernel time at 8, of
   * JOBOBJECT_MEMORY_USAGE_INFORMATION what is committed at 0 and the most that was at 8.
   */
  static Statistics statistics(Pointer accounting, Pointer memory) {
    long user = accounting.getLong(0);
    long kernel = accounting.getLong(8);
    return new Statistics(
        "",
        "",
        0,
        new Statistics.Memory(memory.getLong(0), memory.getLong(8), 0),
        new Statistics.Processor(user + kernel, user, kernel),
        new Statistics.Storage(0, 0, 0, 0),
        List.of());
  }

  private static SystemProperties properties(String id, Statistics figures, List<Long> pids) {
    return new SystemProperties(
        id,
        "Running",
        "",
        "Container",
        "Windows",
        "",
        false,
        "",
        figures,
        pids.stream().map(pid -> new ProcessDetails(pid, "", "", 0, 0, 0, 0, 0)).toList());
  }
}
