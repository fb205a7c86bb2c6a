package io.gardencell.client;

import io.gardencell.api.Capacity;
import io.gardencell.api.ContainerInfoEntry;
import io.gardencell.api.ContainerMetricsEntry;
import io.gardencell.api.ContainerSpec;
import io.gardencell.api.CreateResponse;
import io.gardencell.api.GardenException;
import io.gardencell.api.ListResponse;
import io.gardencell.api.WireJson;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * A client of a Garden server: start here. Without state, threads or connections of its own, so
 * there is nothing to close. Any thread; every call blocks until it is answered.
 *
 * <p>Every method throws the {@link GardenException} that the server answers with, and an {@link
 * IOException} when the server is not reached or breaks off.
 */
public final class GardenClient {

  private static final byte[] NOTHING = new byte[0];

  private final Calls calls;

  /** A client with settings of one's own. */
  public GardenClient(ClientSettings settings) {
    this.calls = new Calls(settings);
  }

  /** A client over TCP. */
  public static GardenClient tcp(String host, int port) {
    return new GardenClient(ClientSettings.of(InetSocketAddress.createUnresolved(host, port)));
  }

  /** A client over a unix socket. */
  public static GardenClient unix(Path socket) {
    return new GardenClient(ClientSettings.of(UnixDomainSocketAddress.of(socket)));
  }

  /** Asks whether the server works. */
  public void ping() throws IOException {
    calls.get("/ping");
  }

  /** What the cell offers. */
  public Capacity capacity() throws IOException {
    return WireJson.decodeAnswer(calls.get("/capacity"), Capacity.class);
  }

  /** Makes a container. */
  public RemoteContainer create(ContainerSpec spec) throws IOException {
    byte[] answer = calls.call("POST", "/containers", WireJson.encode(spec));
    return container(WireJson.decodeAnswer(answer, CreateResponse.class).handle());
  }

  /** The containers that are ready for use. */
  public List<String> handles() throws IOException {
    return handles(Map.of());
  }

  /** The containers with all these properties; {@code garden.state=all} is for those not ready. */
  public List<String> handles(Map<String, String> properties) throws IOException {
    byte[] answer = calls.get("/containers" + UrlText.query(properties));
    return WireJson.decodeAnswer(answer, ListResponse.class).handles();
  }

  /** The container of that handle, without asking whether it exists. */
  public RemoteContainer container(String handle) {
    return new RemoteContainer(calls, handle);
  }

  /** The container of that handle if it is listed, as the reference client looks it up. */
  public RemoteContainer lookUp(String handle) throws IOException {
    if (!handles().contains(handle)) {
      throw new GardenException.ContainerNotFound(handle);
    }
    return container(handle);
  }

  /** Facts of several containers; a failure stands in its entry. */
  public Map<String, ContainerInfoEntry> bulkInfo(Collection<String> handles) throws IOException {
    return WireJson.decodeAnswerMap(
        calls.get("/containers/bulk_info" + bulk(handles)), ContainerInfoEntry.class);
  }

  /** Figures of several containers; a failure stands in its entry. */
  public Map<String, ContainerMetricsEntry> bulkMetrics(Collection<String> handles)
      throws IOException {
    return WireJson.decodeAnswerMap(
        calls.get("/containers/bulk_metrics" + bulk(handles)), ContainerMetricsEntry.class);
  }

  private static String bulk(Collection<String> handles) {
    return UrlText.query(Map.of("handles", String.join(",", handles)));
  }

  /** Ends everything in a container and removes it. */
  public void destroy(String handle) throws IOException {
    calls.call("DELETE", UrlText.path("containers", handle), NOTHING);
  }
}
