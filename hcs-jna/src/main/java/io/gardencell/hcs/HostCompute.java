package io.gardencell.hcs;

import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.document.SystemProperties;
import io.gardencell.hcs.document.SystemQuery;
import java.time.Duration;
import java.util.List;

/** Compute systems of the host (Source: hcsshim: internal/hcs/system.go; vmcompute.dll). */
public interface HostCompute {

  /**
   * Systems that match the query; several keys combine with "and", several values of one key with
   * "or". An empty query matches all.
   */
  List<SystemProperties> enumerate(SystemQuery query);

  /**
   * Creates a system and waits until creation has completed. The system is not started.
   *
   * <p>On failure, also on a time-out, nothing is left: the handle is closed and a system that came
   * into being is terminated.
   *
   * @param id unique on the host; taken ids fail with {@link HcsErrors#SYSTEM_ALREADY_EXISTS}
   * @param timeout how long to wait for the completion notification
   */
  ComputeSystem create(String id, SystemDocument document, Duration timeout);

  /**
   * Opens an existing system; several handles to one system may coexist.
   *
   * @throws HcsException {@link HcsErrors#SYSTEM_NOT_FOUND} if there is none
   */
  ComputeSystem open(String id);
}
