package io.gardencell.hcs;

import io.gardencell.hcs.document.ModifyRequest;
import io.gardencell.hcs.document.ProcessDocument;
import io.gardencell.hcs.document.PropertyType;
import io.gardencell.hcs.document.SystemProperties;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A handle to a compute system. Closing it does not stop the system. Any thread; the owner of the
 * handle closes it once, {@link #close()} is idempotent.
 */
public interface ComputeSystem extends AutoCloseable {

  /** The id the system was created with. */
  String id();

  /** Starts the system and waits for the completion, at most {@code timeout}. */
  void start(Duration timeout);

  /**
   * Asks for a graceful end (processes get CTRL_SHUTDOWN_EVENT) and returns when the request was
   * taken; the end itself is {@link #exited()}. A system that is stopped or gone is no failure.
   *
   * @return whether an end is under way; false if the host says that the system is stopped or gone
   *     already, so that {@link #exited()} need not complete because of this call
   */
  boolean shutdown();

  /** Like {@link #shutdown()} but ends everything at once. */
  boolean terminate();

  /** Properties of the system: the basics and the types asked for, in one query. */
  SystemProperties properties(PropertyType... types);

  /** Changes a running system, for example hot-attaches a network endpoint. */
  void modify(ModifyRequest request);

  /**
   * Starts a process in the system and returns at once.
   *
   * @throws HcsException for example 0x2 (no such program), 0x52e (unknown user)
   */
  ComputeProcess createProcess(ProcessDocument document);

  /**
   * Opens a process by the pid that {@link #createProcess} reported.
   *
   * <p>Its stdio channels are empty unless the host can hand them out again (the emulated host can,
   * to a restarted daemon; HCS cannot).
   *
   * @throws HcsException {@link HcsErrors#NOT_FOUND} when it is gone
   */
  ComputeProcess openProcess(long pid);

  /**
   * Completes when the system has stopped, normally with the exit reason, exceptionally when the
   * handle was closed or the compute service was lost. Completed on a thread of the host that must
   * not be blocked; continue with an executor.
   */
  CompletableFuture<SystemExit> exited();

  @Override
  void close();
}
