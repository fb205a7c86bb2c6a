package io.gardencell.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.List;

/** An answer whose body is still to be read; one reader. */
record HttpAnswer(HttpResponse<InputStream> response) implements AutoCloseable {

  int status() {
    return response.statusCode();
  }

  boolean isRedirect() {
    return List.of(301, 302, 303, 307, 308).contains(status());
  }

  /** The header's first value, empty if absent. */
  String header(String name) {
    return response.headers().firstValue(name).orElse("");
  }

  List<String> headers(String name) {
    return response.headers().allValues(name);
  }

  /** Bytes announced, -1 if none were. */
  long length() {
    return response.headers().firstValueAsLong("Content-Length").orElse(-1);
  }

  InputStream body() {
    return response.body();
  }

  /** The whole body, which may not be longer than this; closes the answer. */
  byte[] read(int limit) throws IOException {
    try (InputStream in = response.body()) {
      byte[] bytes = in.readNBytes(limit + 1);
      if (bytes.length > limit) {
        throw new RegistryException(
            RegistryException.Hope.NONE, "exceeded maximum allowed size of " + limit + " bytes");
      }
      return bytes;
    } catch (RegistryException e) {
      throw e;
    } catch (IOException e) {
      throw new RegistryException(
          RegistryException.Hope.LATER,
          "Get \"" + response.uri() + "\": " + HttpFailures.text(e),
          e);
    }
  }

  @Override
  public void close() throws IOException {
    response.body().close();
  }
}
