package io.gardencell.hcs;

import java.util.Optional;

/** Processes of the host by pid (OpenProcess, GetExitCodeProcess, GetProcessTimes). */
public interface HostProcesses {

  /**
   * What the host knows of the pid; empty when no such process exists (OpenProcess: 0x57).
   *
   * @throws HcsException if the host refuses to tell (function {@code OpenProcess}, {@code
   *     GetExitCodeProcess} or {@code GetProcessStartTime})
   */
  Optional<HostProcess> find(long pid);
}
