package io.gardencell.server.http;

import io.gardencell.api.WireJson;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

/**
 * A request whose route is known. The body is either read already or a stream, as its route wants.
 *
 * @param parameters decoded values of the path's {@code :name} segments
 * @param query decoded query, first value of each key
 * @param body the whole body, empty if it is streamed
 * @param stream the body of a streaming route, else an empty stream
 */
public record Request(
    String method,
    Map<String, String> parameters,
    Map<String, String> query,
    byte[] body,
    InputStream stream) {

  /** A segment of the path. */
  public String parameter(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no such path parameter: " + name);
    }
    return value;
  }

  /** A value of the query, empty if absent. */
  public String query(String name) {
    return query.getOrDefault(name, "");
  }

  /** The body as a wire type. */
  public <T> T json(Class<T> type) {
    return WireJson.decode(body, type);
  }

  /** The body as a list of a wire type. */
  public <T> List<T> jsonList(Class<T> type) {
    return WireJson.decodeList(body, type);
  }
}
