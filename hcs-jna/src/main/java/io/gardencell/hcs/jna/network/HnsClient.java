package io.gardencell.hcs.jna.network;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.jna.ptr.PointerByReference;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.HostEndpoints;
import io.gardencell.hcs.HostNetworks;
import io.gardencell.hcs.document.EndpointStatistics;
import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.NativeLibraries;
import io.gardencell.hcs.jna.win32.Wide;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** HNS through HNSCall and its envelope; any thread (hcsshim: internal/hns/hnsfuncs.go). */
public final class HnsClient implements HostNetworks, HostEndpoints {

  private final VmComputeNetwork dll;
  private final Failures failures;

  HnsClient(VmComputeNetwork dll, Failures failures) {
    this.dll = dll;
    this.failures = failures;
  }

  /**
   * Binds HNSCall.
   *
   * @throws HcsException 0x7e naming vmcompute.dll if there is none
   */
  public static HnsClient of(Failures failures) {
    return new HnsClient(NativeLibraries.vmcompute(VmComputeNetwork.class), failures);
  }

  @Override
  public List<HnsNetwork> networks() {
    return list("/networks/", HnsNetwork.class);
  }

  @Override
  public HnsNetwork createNetwork(HnsNetwork network) {
    for (HnsNetwork.Subnet subnet : network.subnets()) {
      if (!subnet.addressPrefix().isEmpty() && subnet.gatewayAddress().isEmpty()) {
        throw new IllegalArgumentException(
            "network create error, subnet has address prefix but no gateway specified");
      }
    }
    return one("POST", "/networks/", HcsJson.write(network), HnsNetwork.class);
  }

  @Override
  public void deleteNetwork(String id) {
    call("DELETE", "/networks/" + notEmpty(id), "");
  }

  @Override
  public List<HnsEndpoint> endpoints() {
    return list("/endpoints/", HnsEndpoint.class);
  }

  @Override
  public HnsEndpoint endpoint(String id) {
    return one("GET", "/endpoints/" + notEmpty(id), "", HnsEndpoint.class);
  }

  @Override
  public HnsEndpoint createEndpoint(HnsEndpoint endpoint) {
    return one("POST", "/endpoints/", HcsJson.write(endpoint), HnsEndpoint.class);
  }

  @Override
  public HnsEndpoint updateEndpoint(String id, HnsEndpoint endpoint) {
    return one("POST", "/endpoints/" + notEmpty(id), HcsJson.write(endpoint), HnsEndpoint.class);
  }

  @Override
  public void deleteEndpoint(String id) {
    call("DELETE", "/endpoints/" + notEmpty(id), "");
  }

  @Override
  public EndpointStatistics statistics(String id) {
    return one("GET", "/endpointstats/" + notEmpty(id), "", EndpointStatistics.class);
  }

  private static String notEmpty(String id) {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("id: '' (expected: the id of one network or endpoint)");
    }
    return id;
  }

  private <T> List<T> list(String path, Class<T> type) {
    String output = call("GET", path, "");
    return output.isEmpty() ? List.of() : read(path, () -> HcsJson.readList(output, type));
  }

  private <T> T one(String method, String path, String request, Class<T> type) {
    String output = call(method, path, request);
    return read(path, () -> HcsJson.read(output.isEmpty() ? "{}" : output, type));
  }

  /** The Output of the envelope as JSON text; empty for none. */
  private String call(String method, String path, String request) {
    var response = new PointerByReference();
    int code =
        failures.call(
            "HNSCall",
            () -> dll.HNSCall(Wide.of(method), Wide.of(path), Wide.of(request), response));
    String text = failures.take(response);
    String target = method + " " + path;
    if (code < 0) {
      int win32 = HcsErrors.codeOf(code);
      throw new HcsException(
          "HNSCall",
          target,
          win32,
          "failed during hnsCallRawResponse: hnsCall failed in Win32: %s (0x%x)"
              .formatted(failures.text(win32), win32),
          List.of());
    }
    if (text.isEmpty()) {
      return "";
    }
    Envelope envelope = read(target, () -> HcsJson.read(text, Envelope.class));
    if (!envelope.success()) {
      String error = Objects.requireNonNullElse(envelope.error(), "");
      throw new HcsException(
          "HNSCall", target, codeOf(error), "hns failed with error : " + error, List.of());
    }
    JsonNode output = envelope.output();
    return output == null || output.isNull() || isEmptyText(output) ? "" : output.toString();
  }

  private static boolean isEmptyText(JsonNode output) {
    return output.isTextual() && output.textValue().isEmpty();
  }

  /** HNS tells only a text; the one condition that callers ask for is recognised by it. */
  private static int codeOf(String error) {
    String text = error.toLowerCase(Locale.ROOT);
    return text.contains("not found") ? HcsErrors.NOT_FOUND : HcsErrors.INVALID_PARAMETER;
  }

  private static <T> T read(String target, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (IllegalArgumentException unreadable) {
      HcsException failure =
          new HcsException(
              "HNSCall",
              target,
              HcsErrors.INVALID_DATA,
              "unexpected answer of HNS: " + unreadable.getMessage(),
              List.of());
      failure.initCause(unreadable);
      throw failure;
    }
  }

  private record Envelope(
      @JsonProperty("Success") boolean success,
      @JsonProperty("Error") @Nullable String error,
      @JsonProperty("Output") @Nullable JsonNode output) {}
}
