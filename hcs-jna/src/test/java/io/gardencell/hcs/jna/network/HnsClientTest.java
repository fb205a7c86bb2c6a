package io.gardencell.hcs.jna.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.jna.Memory;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsPolicy;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;
import io.gardencell.hcs.jna.win32.Ole32;
import io.gardencell.hcs.jna.win32.Wide;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What HNS's envelopes mean; the DLL is answered for, so this runs anywhere. */
class HnsClientTest {

  private final List<Memory> answers = new ArrayList<>();
  private final List<String> requests = new ArrayList<>();

  /** A client of a service that gives one answer to everything. */
  private HnsClient client(int hresult, String answer) {
    VmComputeNetwork dll =
        (method, path, request, response) -> {
          requests.add(method + " " + path + " " + request);
          if (!answer.isEmpty()) {
            Memory text = Wide.memory(answer);
            answers.add(text);
            response.setValue(text);
          }
          return hresult;
        };
    return new HnsClient(dll, new Failures(quiet(Kernel32.class), quiet(Ole32.class)));
  }

  /** Has no text for any code, and frees nothing: the answers own themselves. */
  private static <T> T quiet(Class<T> library) {
    return library.cast(
        Proxy.newProxyInstance(
            library.getClassLoader(),
            new Class<?>[] {library},
            (proxy, method, arguments) -> method.getReturnType() == int.class ? 0 : null));
  }

  // winc-network.md §22 case 23
  // hcs-abi.md §18 case 29
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"Success\":true}",
        "{\"Success\":true,\"Output\":null}",
        "{\"Success\":true,\"Output\":\"\"}"
      })
  void anAnswerWithoutOutputIsNoData(String answer) {
    HnsClient client = client(0, answer);

    assertThat(client.networks()).isEmpty();
    assertThat(client.endpoints()).isEmpty();
    assertThat(client.endpoint("e").id()).isEmpty();
    client.deleteEndpoint("e");
    assertThat(client.createEndpoint(HnsEndpoint.request("h", "n", List.of(), "")).id()).isEmpty();
    assertThat(requests).contains("GET /networks/ ", "DELETE /endpoints/e ");
  }

  // winc-network.md §17.8
  @Test
  void membersOfAnEndpointThatWeDoNotKnowAreWrittenBackAsTheyCame() {
    String newer = "\"Namespace\":{\"ID\":\"n\",\"IsDefault\":false},\"Flags\":0,\"Zone\":null";
    HnsClient client =
        client(0, "{\"Success\":true,\"Output\":{\"ID\":\"e\",\"state\":2," + newer + "}}");

    client.updateEndpoint("e", client.endpoint("e").withPolicies(List.of(new HnsPolicy.Qos(5))));

    String update = requests.get(1);
    assertThat(update).startsWith("POST /endpoints/e ");
    // the order of members means nothing
    assertThat(HcsJson.read(update.substring(update.indexOf('{')), JsonNode.class))
        .isEqualTo(
            HcsJson.read(
                "{\"ID\":\"e\",\"Policies\":[{\"Type\":\"QOS\","
                    + "\"MaximumOutgoingBandwidthInBytes\":5}],\"State\":2,"
                    + newer
                    + "}",
                JsonNode.class));
  }

  // winc-network.md §4.1
  // hcs-abi.md §18 case 29
  @Test
  void bothKindsOfFailureHaveTheReferencesWords() {
    assertThatThrownBy(
            () -> client(0, "{\"Success\":false,\"Error\":\"Element not found. \"}").endpoint("e"))
        .isInstanceOf(HcsException.class)
        .hasMessage("hns failed with error : Element not found. ")
        .satisfies(
            failed -> assertThat(((HcsException) failed).code()).isEqualTo(HcsErrors.NOT_FOUND));
    assertThatThrownBy(() -> client(0x80070005, "").networks())
        .hasMessage(
            "failed during hnsCallRawResponse: hnsCall failed in Win32: Access is denied. (0x5)");
    assertThatThrownBy(() -> client(0x803b000d, "").networks())
        .hasMessageEndingWith("(0x803b000d)");
  }

  // hcs-abi.md §18 case 29
  @Test
  void anAnswerThatIsNoJsonIsAFailureThatSaysSo() {
    assertThatThrownBy(() -> client(0, "<html>").networks())
        .isInstanceOf(HcsException.class)
        .hasMessageStartingWith("unexpected answer of HNS: ");
  }

  // hcs-abi.md §8: an empty id would address the collection
  @Test
  void nothingIsDeletedWithoutAnId() {
    HnsClient client = client(0, "");

    assertThatThrownBy(() -> client.deleteNetwork("")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.deleteEndpoint(""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(requests).isEmpty();
  }
}
