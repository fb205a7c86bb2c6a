package io.gardencell.hcs.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class HcsJsonTest {

  @Test
  void aCreateDocumentHasTheFieldsOfTheSpecInTheirOrder() {
    SystemDocument document =
        SystemDocument.container()
            .volumePath("\\\\?\\Volume{a52b0e01-d5ba-48dd-af1f-7a4b2e8a8d07}\\")
            .layers(
                List.of(
                    new LayerReference("a1b2c3d4-0102-abcd-e0e1-e2e3e4e5e6e7", "C:\\layers\\top")))
            .processorWeight(256)
            .memoryMaximumInMb(1024)
            .hostName("app-host")
            .mappedDirectories(List.of(MappedDirectory.of("C:\\host\\data", "D:\\y", false)))
            .build();

    assertThat(HcsJson.write(document))
        .isEqualTo(
            "{\"SystemType\":\"Container\",\"Name\":\"\",\"VolumePath\":\"\\\\\\\\?\\\\Volume{a52b0e01-d5ba-48dd-af1f-7a4b2e8a8d07}\\\\\","
                + "\"LayerFolderPath\":\"ignored\",\"Layers\":[{\"ID\":\"a1b2c3d4-0102-abcd-e0e1-e2e3e4e5e6e7\",\"Path\":\"C:\\\\layers\\\\top\"}],"
                + "\"ProcessorWeight\":256,\"MemoryMaximumInMB\":1024,\"HostName\":\"app-host\","
                + "\"MappedDirectories\":[{\"HostPath\":\"C:\\\\host\\\\data\",\"ContainerPath\":\"D:\\\\y\",\"ReadOnly\":false,\"BandwidthMaximum\":0,\"IOPSMaximum\":0,\"CreateInUtilityVM\":false}],"
                + "\"HvPartition\":false}");
  }

  @Test
  void aProcessDocumentAlwaysHasAConsoleSize() {
    Map<String, String> env = new LinkedHashMap<>();
    env.put("A", "2");
    env.put("EMPTY", "");

    assertThat(HcsJson.write(ProcessDocument.of("cmd.exe", "vcap", "C:\\home", env, true)))
        .isEqualTo(
            "{\"CommandLine\":\"cmd.exe\",\"User\":\"vcap\",\"WorkingDirectory\":\"C:\\\\home\",\"Environment\":{\"A\":\"2\",\"EMPTY\":\"\"},"
                + "\"CreateStdInPipe\":true,\"CreateStdOutPipe\":true,\"CreateStdErrPipe\":true,\"ConsoleSize\":[0,0]}");
    assertThat(HcsJson.write(ProcessDocument.of("cmd.exe", "", "C:\\", Map.of(), false)))
        .isEqualTo(
            "{\"CommandLine\":\"cmd.exe\",\"WorkingDirectory\":\"C:\\\\\",\"ConsoleSize\":[0,0]}");
  }

  // winc-runtime.md §18 case 45
  @Test
  void howAProcessEndedIsUnknownWhenHcsCouldNotWaitForIt() {
    assertThat(exitStatus(7, 0)).isEqualTo(7);
    assertThat(exitStatus(0xC000013AL, 0)).isEqualTo(0xC000013AL);
    assertThat(exitStatus(7, 1)).isEqualTo(0xFFFFFFFFL);
    assertThat(exitStatus(0, 0xFFFFFFFFL)).as("WAIT_FAILED").isEqualTo(0xFFFFFFFFL);
  }

  private static long exitStatus(long exitCode, long lastWaitResult) {
    return HcsJson.read(
            "{\"ProcessId\":276,\"Exited\":true,\"ExitCode\":%d,\"LastWaitResult\":%d}"
                .formatted(exitCode, lastWaitResult),
            ProcessProperties.class)
        .exitStatus();
  }

  // hcs-abi.md §18 cases 17 and 18
  @Test
  void queriesNameOnlyWhatRestricts() {
    assertThat(HcsJson.write(SystemQuery.all())).isEqualTo("{}");
    assertThat(HcsJson.write(SystemQuery.id("a"))).isEqualTo("{\"Ids\":[\"a\"]}");
    assertThat(HcsJson.write(SystemQuery.owner("a"))).isEqualTo("{\"Owners\":[\"a\"]}");
    assertThat(PropertyType.query()).isEqualTo("{}");
    assertThat(PropertyType.query(PropertyType.STATISTICS, PropertyType.PROCESS_LIST))
        .isEqualTo("{\"PropertyTypes\":[\"Statistics\",\"ProcessList\"]}");
    assertThat(HcsJson.write(ModifyRequest.addEndpoint("e1")))
        .isEqualTo("{\"ResourceType\":\"Network\",\"Settings\":\"e1\",\"RequestType\":\"Add\"}");
  }

  // winc-runtime.md §17.42
  @Test
  void propertiesAreReadLeniently() {
    SystemProperties properties =
        HcsJson.read(
            "{\"Id\":\"c1\",\"State\":\"Running\",\"RuntimeId\":17,\"Statistics\":{\"Timestamp\":\"2024-01-01T00:00:10.0000000Z\",\"Memory\":{\"MemoryUsageCommitBytes\":52428800},"
                + "\"Processor\":{\"TotalRuntime100ns\":123,\"RuntimeUser100ns\":22,\"RuntimeKernel100ns\":101},\"Network\":null},\"ProcessList\":[{\"ProcessId\":44,\"ImageName\":\"smss.exe\"}]}",
            SystemProperties.class);

    assertThat(Objects.requireNonNull(properties.statistics()).memory().commitBytes())
        .isEqualTo(52428800);
    assertThat(properties.processList()).extracting(ProcessDetails::processId).containsExactly(44L);
  }

  @Test
  void endpointPoliciesKeepTheirTypeInBothDirections() {
    String json =
        "{\"ID\":\"e\",\"Name\":\"h\",\"Policies\":[{\"Type\":\"NAT\",\"Protocol\":\"TCP\",\"InternalPort\":8080,\"ExternalPort\":40000},"
            + "{\"Type\":\"ACL\",\"Protocol\":6,\"Action\":\"Allow\",\"Direction\":\"Out\",\"RemoteAddresses\":\"8.8.8.8\",\"RuleType\":\"Switch\"},"
            + "{\"Type\":\"QOS\",\"MaximumOutgoingBandwidthInBytes\":0},{\"Type\":\"PA\",\"PA\":\"10.0.0.1\"}]}";

    HnsEndpoint endpoint = HcsJson.read(json, HnsEndpoint.class);

    assertThat(endpoint.policies()).hasSize(4);
    assertThat(endpoint.policies().get(0)).isEqualTo(new HnsPolicy.Nat("TCP", 8080, 40000));
    assertThat(endpoint.policies().get(3).type()).isEqualTo("PA");
    assertThat(HcsJson.write(endpoint)).isEqualTo(json);
  }

  // winc-network.md §17.8, §21 weakness 24
  @Test
  void membersOfAPolicyThatNobodyKnowsAreKeptAndMakeItNoOther() {
    String json =
        "{\"ID\":\"e\",\"Policies\":[{\"Type\":\"QOS\",\"MaximumOutgoingBandwidthInBytes\":5,\"Burst\":1},"
            + "{\"Type\":\"NAT\",\"Protocol\":\"TCP\",\"InternalPort\":1,\"ExternalPort\":2,\"Flags\":[3]},"
            + "{\"Type\":\"ACL\",\"Id\":\"x\",\"Protocol\":256,\"Action\":\"Block\",\"Direction\":\"In\",\"Scope\":{\"a\":1}}]}";

    HnsEndpoint endpoint = HcsJson.read(json, HnsEndpoint.class);

    assertThat(HcsJson.write(endpoint)).isEqualTo(json);
    List<HnsPolicy> plain =
        List.of(
            new HnsPolicy.Qos(5),
            new HnsPolicy.Nat("TCP", 1, 2),
            new HnsPolicy.Acl(256, "Block", "In", "", "", "", ""));
    for (int i = 0; i < plain.size(); i++) {
      for (int j = 0; j < plain.size(); j++) {
        assertThat(plain.get(i).says(endpoint.policies().get(j))).isEqualTo(i == j);
      }
      assertThat(plain.get(i)).isNotEqualTo(endpoint.policies().get(i));
    }
    assertThat(new HnsPolicy.Nat("TCP", 1, 3).says(plain.get(1))).isFalse();
    assertThat(new HnsPolicy.Acl(256, "Allow", "In", "", "", "", "").says(plain.get(2))).isFalse();
  }

  // hcs-abi.md §18 case 31
  @Test
  void attachmentIsAnExactMatchButForLetterCase() {
    HnsEndpoint endpoint = HcsJson.read("{\"SharedContainers\":[\"CAB\"]}", HnsEndpoint.class);

    assertThat(endpoint.isAttachedTo("cab")).isTrue();
    assertThat(endpoint.isAttachedTo("ab")).isFalse();
  }

  @Test
  void badDocumentsAreNamed() {
    assertThatThrownBy(() -> HcsJson.read("{", SystemProperties.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("invalid JSON: ");
    assertThatThrownBy(() -> HcsJson.read("null", SystemProperties.class))
        .hasMessageContaining("null (expected: a document)");
  }

  // hcs-abi.md §18 case 19
  @Test
  void errorEventsAreRenderedPartByPart() {
    assertThat(
            ResultDocument.events(
                "{\"Error\":-2147024809,\"ErrorEvents\":[{\"Message\":\"m\",\"Provider\":\"p\",\"EventId\":5,\"Flags\":1},{\"Message\":\"only\"}]}"))
        .containsExactly(
            "[Event Detail: m Provider: p EventID: 5 flags: 1]", "[Event Detail: only]");
    assertThat(ResultDocument.events("not json")).isEmpty();
    assertThat(ResultDocument.events("")).isEmpty();
  }
}
