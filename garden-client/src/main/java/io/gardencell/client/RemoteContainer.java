package io.gardencell.client;

import io.gardencell.api.BandwidthLimits;
import io.gardencell.api.ContainerInfo;
import io.gardencell.api.CpuLimits;
import io.gardencell.api.DiskLimits;
import io.gardencell.api.MemoryLimits;
import io.gardencell.api.Metrics;
import io.gardencell.api.NetInRequest;
import io.gardencell.api.NetInResponse;
import io.gardencell.api.NetOutRule;
import io.gardencell.api.ProcessSpec;
import io.gardencell.api.PropertyValue;
import io.gardencell.api.StopRequest;
import io.gardencell.api.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A container of a server, by its handle. Made by {@link GardenClient}; fails as its methods do.
 * Any thread; every call blocks until it is answered.
 */
public final class RemoteContainer {

  private static final byte[] NOTHING = new byte[0];
  private static final int COPY = 128 << 10;

  private final Calls calls;
  private final String handle;

  RemoteContainer(Calls calls, String handle) {
    this.calls = calls;
    this.handle = handle;
  }

  /** Its handle. */
  public String handle() {
    return handle;
  }

  /** Its facts. */
  public ContainerInfo info() throws IOException {
    return WireJson.decodeAnswer(calls.get(path("info")), ContainerInfo.class);
  }

  /** Its figures. */
  public Metrics metrics() throws IOException {
    return WireJson.decodeAnswer(calls.get(path("metrics")), Metrics.class);
  }

  /** Ends its processes, at once if they are to be killed. */
  public void stop(boolean kill) throws IOException {
    calls.call("PUT", path("stop"), WireJson.encode(new StopRequest(kill)));
  }

  /** Ends everything in it and removes it. */
  public void destroy() throws IOException {
    calls.call("DELETE", path(), NOTHING);
  }

  /** How long it may go unused before the server destroys it; zero is for ever. */
  public void setGraceTime(Duration graceTime) throws IOException {
    byte[] nanos = (graceTime.toNanos() + "\n").getBytes(StandardCharsets.US_ASCII);
    calls.call("PUT", path("grace_time"), nanos);
  }

  /** All its properties. */
  public Map<String, String> properties() throws IOException {
    return WireJson.decodeAnswerMap(calls.get(path("properties")), String.class);
  }

  /** One of its properties; a missing one is a failure. */
  public String property(String key) throws IOException {
    return WireJson.decodeAnswer(calls.get(path("properties", key)), PropertyValue.class).value();
  }

  /** Sets a property. */
  public void setProperty(String key, String value) throws IOException {
    calls.call("PUT", path("properties", key), WireJson.encode(new PropertyValue(value)));
  }

  /** Removes a property; a missing one is as good as removed. */
  public void removeProperty(String key) throws IOException {
    calls.call("DELETE", path("properties", key), NOTHING);
  }

  /** Its limits of bandwidth. */
  public BandwidthLimits bandwidthLimits() throws IOException {
    return limits("bandwidth", BandwidthLimits.class);
  }

  /** Its limits of processor time. */
  public CpuLimits cpuLimits() throws IOException {
    return limits("cpu", CpuLimits.class);
  }

  /** Its limits of disk space. */
  public DiskLimits diskLimits() throws IOException {
    return limits("disk", DiskLimits.class);
  }

  /** Its limits of memory. */
  public MemoryLimits memoryLimits() throws IOException {
    return limits("memory", MemoryLimits.class);
  }

  private <T> T limits(String kind, Class<T> type) throws IOException {
    return WireJson.decodeAnswer(calls.get(path("limits", kind)), type);
  }

  /** Maps a port; host port 0 lets the server choose, container port 0 is the host port. */
  public NetInResponse netIn(long hostPort, long containerPort) throws IOException {
    byte[] body = WireJson.encode(new NetInRequest(handle, hostPort, containerPort));
    return WireJson.decodeAnswer(calls.call("POST", path("net", "in"), body), NetInResponse.class);
  }

  /** Lets traffic out. */
  public void netOut(NetOutRule rule) throws IOException {
    calls.call("POST", path("net", "out"), WireJson.encode(rule));
  }

  /** Lets traffic out by all these rules. */
  public void bulkNetOut(List<NetOutRule> rules) throws IOException {
    calls.call("POST", path("net", "out", "bulk"), WireJson.encode(rules));
  }

  /** Unpacks a tar stream in the directory; returns when everything is there. */
  public void streamIn(String destination, String user, TarBody tar) throws IOException {
    String query = UrlText.query(Map.of("destination", destination, "user", user));
    calls.upload(path("files") + query, tar);
  }

  /** Unpacks a tar stream, read to its end but not closed. */
  public void streamIn(String destination, String user, InputStream tar) throws IOException {
    streamIn(destination, user, out -> copy(tar, out));
  }

  /** As {@link InputStream#transferTo}, which is content with 8 KiB at a time. */
  private static void copy(InputStream from, OutputStream to) throws IOException {
    byte[] piece = new byte[COPY];
    for (int n = from.read(piece); n >= 0; n = from.read(piece)) {
      to.write(piece, 0, n);
    }
  }

  /**
   * A tar stream of a file or directory, which the caller closes; with a slash at the end the
   * contents of a directory. A stream that breaks off fails when it is read.
   */
  public InputStream streamOut(String source, String user) throws IOException {
    return calls.download(path("files") + UrlText.query(Map.of("source", source, "user", user)));
  }

  /** Starts a process; its handle here is the caller's to close, which leaves it running. */
  public RemoteProcess run(ProcessSpec spec) throws IOException {
    Connection control = calls.hijack("POST", path("processes"), WireJson.encode(spec));
    return RemoteProcess.start(calls, handle, control);
  }

  /** Joins the streams of a process that runs, from now on. */
  public RemoteProcess attach(String processId) throws IOException {
    return RemoteProcess.start(
        calls, handle, calls.hijack("GET", path("processes", processId), NOTHING));
  }

  private String path(String... rest) {
    return UrlText.path("containers", handle) + (rest.length == 0 ? "" : UrlText.path(rest));
  }
}
