package io.gardencell.server.route;

import io.gardencell.api.ContainerInfo;
import io.gardencell.api.Limits;
import io.gardencell.api.Metrics;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.ProcessSpec;
import io.gardencell.api.spi.PortForward;
import io.gardencell.server.stream.RunningProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Operations on one container; threads and failures as {@link ContainerBackend}. */
public interface BackendContainer {

  /** Addresses, ports, properties, events. */
  ContainerInfo info();

  /** Current figures. */
  Metrics metrics();

  /** Ends all processes but the init process. */
  void stop(boolean kill);

  /** The limits that {@code GET .../limits/*} report. */
  Limits limits();

  /** All properties, a copy. */
  Map<String, String> properties();

  /** Fails with {@code property does not exist: <key>} if it is absent. */
  String property(String key);

  /** Stored before it returns. */
  void setProperty(String key, String value);

  /** Absent keys are no failure. */
  void removeProperty(String key);

  /** Zero means never. */
  Duration graceTime();

  /** Stored before it returns. */
  void setGraceTime(Duration graceTime);

  /** Maps a port; zero ports as on the wire. */
  PortForward netIn(int hostPort, int containerPort);

  /** Adds rules, all or none. */
  void netOut(List<NetOutRule> rules);

  /**
   * Extracts a tar stream below a directory of the container.
   *
   * @throws IOException if the stream itself breaks off; what was extracted until then stays
   */
  void streamIn(String user, String destination, InputStream tar) throws IOException;

  /**
   * Opens a directory or file of the container for {@link FileSource#writeTo}.
   *
   * @throws io.gardencell.api.GardenException if there is no such source
   */
  FileSource streamOut(String user, String source);

  /** Starts a process. */
  RunningProcess run(ProcessSpec spec);

  /**
   * A process that is there.
   *
   * @throws io.gardencell.api.GardenException.ProcessNotFound if there is none, or it has ended
   */
  RunningProcess attach(String processId);

  /** Files to be sent as a tar stream. */
  interface FileSource extends AutoCloseable {

    /** Writes the whole tar stream; the caller closes {@code out}. */
    void writeTo(OutputStream out) throws IOException;

    @Override
    void close();
  }
}
