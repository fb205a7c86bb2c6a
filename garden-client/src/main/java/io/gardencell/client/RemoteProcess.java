package io.gardencell.client;

import io.gardencell.api.GardenException;
import io.gardencell.api.ProcessPayload;
import io.gardencell.api.TtySpec;
import io.gardencell.api.WindowSize;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A process in a container and this client's part in its streams. Made by {@link
 * RemoteContainer#run} and {@link RemoteContainer#attach}; {@link #close} lets go of it and leaves
 * it running.
 *
 * <p>There are no threads and no buffers here: what is not read waits in the server and, when that
 * is full, in the process. Whoever wants both outputs uses {@link #copyTo} or a thread for each.
 * One thread may read each stream, one may write, one may wait; signals from any thread.
 */
public final class RemoteProcess implements Closeable {

  private static final long TERMINATE = 0;
  private static final long KILL = 1;

  private final Calls calls;
  private final String handle;
  private final ControlStream control;
  private final String id;
  private final String streamId;
  private final StdinStream stdin;
  private @Nullable Connection stdout;
  private @Nullable Connection stderr;
  private @Nullable ProcessPayload end;

  private RemoteProcess(Calls calls, String handle, ControlStream control, ProcessPayload first) {
    this.calls = calls;
    this.handle = handle;
    this.control = control;
    this.id = first.processId();
    this.streamId = first.streamId();
    this.stdin = new StdinStream(control, id);
  }

  static RemoteProcess start(Calls calls, String handle, Connection connection) throws IOException {
    ControlStream control = new ControlStream(connection);
    boolean given = false;
    try {
      ProcessPayload first = control.receive(calls.settings().silence());
      if (first.processId().isEmpty() || first.streamId().isEmpty()) {
        throw new ProtocolException("first message names no process or no stream");
      }
      given = true;
      return new RemoteProcess(calls, handle, control, first);
    } finally {
      if (!given) {
        control.close();
      }
    }
  }

  /** Its id in the container. */
  public String id() {
    return id;
  }

  /** The name of this client's part in its output. */
  public String streamId() {
    return streamId;
  }

  /** Its standard input; closing it is the end of the input. */
  public OutputStream stdin() {
    return stdin;
  }

  /** Its standard output from the time of run or attach, for one reader, until it ends. */
  public InputStream stdout() throws IOException {
    return new RawInput(stdoutConnection());
  }

  /** Its standard error from the time of run or attach, for one reader, until it ends. */
  public InputStream stderr() throws IOException {
    return new RawInput(stderrConnection());
  }

  private synchronized Connection stdoutConnection() throws IOException {
    if (stdout == null) {
      stdout = output("stdout");
    }
    return stdout;
  }

  private synchronized Connection stderrConnection() throws IOException {
    if (stderr == null) {
      stderr = output("stderr");
    }
    return stderr;
  }

  private Connection output(String name) throws IOException {
    String path = UrlText.path("containers", handle, "processes", id, "attaches", streamId, name);
    return calls.hijack("GET", path, new byte[0]);
  }

  /** Asks it to end. */
  public void terminate() throws IOException {
    control.send(ProcessPayload.signal(id, TERMINATE));
  }

  /** Ends it. */
  public void kill() throws IOException {
    control.send(ProcessPayload.signal(id, KILL));
  }

  /** Tells it the size of its terminal. */
  public void resize(WindowSize size) throws IOException {
    control.send(new ProcessPayload(id, "", null, null, null, null, new TtySpec(size), null));
  }

  /**
   * Its exit status, when it has ended.
   *
   * @throws GardenException if the server cannot know the status
   * @throws java.io.EOFException if the server let go of the process, which may run on
   */
  public long waitFor() throws IOException {
    return exitStatus(Duration.ZERO);
  }

  /** Its exit status, or empty if it has not ended in that time; as {@link #waitFor()}. */
  public OptionalLong waitFor(Duration bound) throws IOException {
    if (bound.isZero() || bound.isNegative()) {
      throw new IllegalArgumentException("bound: " + bound + " (expected: more than nothing)");
    }
    try {
      return OptionalLong.of(exitStatus(bound));
    } catch (SocketTimeoutException e) {
      return OptionalLong.empty();
    }
  }

  private long exitStatus(Duration bound) throws IOException {
    synchronized (control) {
      while (end == null) {
        ProcessPayload payload = control.receive(bound);
        if (payload.error() != null || payload.exitStatus() != null) {
          end = payload;
        }
      }
      if (end.error() != null) {
        throw GardenException.failure("process error: " + end.error());
      }
      Long status = end.exitStatus();
      return status == null ? 0 : status;
    }
  }

  /**
   * Copies both outputs to their ends and gives the exit status; the sinks are not closed.
   *
   * @param bound for all of it, zero for none; after a timeout it may be called again and goes on
   * @throws SocketTimeoutException when the bound passes
   */
  public long copyTo(OutputStream out, OutputStream err, Duration bound) throws IOException {
    long until = System.nanoTime() + bound.toNanos();
    new OutputCopy().add(stdoutConnection(), out).add(stderrConnection(), err).run(bound);
    Duration left =
        bound.isZero() ? bound : Duration.ofNanos(Math.max(1, until - System.nanoTime()));
    return exitStatus(left);
  }

  /** Everything it writes until it ends; for those that do not write without end. */
  public ProcessOutput readToEnd(Duration bound) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    long status = copyTo(out, err, bound);
    return new ProcessOutput(status, out.toByteArray(), err.toByteArray());
  }

  /** Lets go of the process, which runs on; whoever reads, writes or waits here fails. */
  @Override
  public void close() throws IOException {
    Connection[] outputs;
    synchronized (this) {
      outputs = new Connection[] {stdout, stderr};
    }
    try (ControlStream first = control;
        Connection second = outputs[0];
        Connection third = outputs[1]) {
      // closed in reverse, each even if another fails
    }
  }

  /** The raw bytes of a connection. */
  private static final class RawInput extends InputStream {

    private final Connection connection;

    RawInput(Connection connection) {
      this.connection = connection;
    }

    @Override
    public int read() throws IOException {
      return connection.read(Duration.ZERO);
    }

    @Override
    public int read(byte[] into, int from, int count) throws IOException {
      return connection.read(into, from, count, Duration.ZERO);
    }

    @Override
    public void close() throws IOException {
      connection.close();
    }
  }
}
