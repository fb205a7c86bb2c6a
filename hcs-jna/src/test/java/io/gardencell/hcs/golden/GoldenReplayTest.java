package io.gardencell.hcs.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenReplayTest {

  private static final String VECTOR =
      """
      {"name": "v", "tool": "winc",
       "setup": [{"command": ["winc", "prepare"], "exitCode": 0}],
       "dirs": ["{{ROOT}}\\\\layers\\\\l1"],
       "files": {"{{ROOT}}\\\\config.json": {"layer": "{{ROOT}}\\\\layers\\\\l1"}},
       "command": ["winc", "--root", "{{ROOT}}\\\\state", "run"],
       "stdin": "", "env": {}, "exitCode": 3221225477,
       "stdout": "{\\n  \\"pid\\": \\"{{PID:1}}\\"\\n}",
       "stderr": "open {{ROOT}}\\\\x\\\\y: {{OSMSG:0x2}}\\n",
       "log": [{"level": "error", "msg": "{{PID:1}} ended"}],
       "calls": [{"function": "HcsCreateProcess", "kind": "change",
                  "args": {"id": "c1"}, "hresult": "0x00000000", "out": {"pid": "{{PID:1}}"}},
                 {"function": "HcsEnumerateComputeSystems", "kind": "query", "args": {},
                  "hresult": "0x00000000"}],
       "outputs": {"{{ROOT}}\\\\state": {"c1\\\\": null, "c1\\\\pid": "{{PID:1}}"},
                   "{{ROOT}}\\\\gone": null}}
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path directory;

  private String stdout = "{\n  \"pid\": 12\n}";
  private String pidFile = "12";
  private int exitCode = 0xC0000005;

  @Test
  void aRunThatIsAlikeHasNoDifferences() throws IOException {
    assertThat(replay()).isEmpty();
  }

  @Test
  void eachDifferenceIsNamed() throws IOException {
    stdout = "{\n\"pid\": 12}";
    pidFile = "13";
    exitCode = 1;

    assertThat(replay())
        .hasSize(3)
        .anySatisfy(d -> assertThat(d).startsWith("exit code: 1 (expected: 3221225477)"))
        .anySatisfy(d -> assertThat(d).startsWith("stdout: "))
        .anySatisfy(d -> assertThat(d).startsWith("{{ROOT}}\\state/c1/pid: \"13\""));
  }

  @Test
  void aListedDifferenceThatIsGoneIsComplainedAbout() {
    assertThat(KnownDifferences.complaints(Map.of("a", List.of("x")), Map.of("a", "why")))
        .isEmpty();
    assertThat(KnownDifferences.complaints(Map.of("a", List.of("x")), Map.of())).contains("a", "x");
    assertThat(KnownDifferences.complaints(Map.of(), Map.of("a", "why"))).contains("a: ", "why");
  }

  @Test
  void faultsAreDueWhenTheirRuleSaysSo() {
    FaultRules rules =
        FaultRules.of("HNSCall[GET /networks/]=hns:No, not this. @2;PrepareLayer=0x80070057@*");

    assertThat(rules.hit("HNSCall", "GET /networks/")).isEmpty();
    assertThat(rules.hit("HNSCall", "GET /endpoints/")).isEmpty();
    assertThat(rules.hit("HNSCall", "GET /networks/").orElseThrow().text())
        .isEqualTo("No, not this. ");
    assertThat(rules.hit("PrepareLayer", "").orElseThrow().hresult()).isEqualTo(0x80070057L);
  }

  private List<String> replay() throws IOException {
    Path file = Files.writeString(directory.resolve("v.json"), VECTOR);
    Path root = Files.createDirectory(directory.resolve("root"));
    CallRecorder recorder =
        new CallRecorder() {
          @Override
          public void clear() {}

          @Override
          public List<RecordedCall> calls() {
            return GoldenVector.read(file).calls().stream()
                .map(
                    c ->
                        new RecordedCall(
                            c.function(), c.args(), c.hresult(), Tape.args().put("pid", 12)))
                .toList();
          }
        };
    return new GoldenReplay(new GoldenStage(root, "C:\\bin\\probe.exe"), recorder, this::run)
        .differences(GoldenVector.read(file));
  }

  private GoldenRun.Ending run(GoldenRun.Invocation invocation) throws IOException {
    if (invocation.args().contains("prepare")) {
      return GoldenRun.Ending.of(0, new byte[0], new byte[0], List.of());
    }
    Path state = Path.of(invocation.args().get(1));
    assertThat(Files.readString(invocation.cwd().resolve("config.json")))
        .contains(invocation.cwd().resolve("layers").toString().replace("\\", "\\\\"));
    Files.createDirectories(state.resolve("c1"));
    Files.writeString(state.resolve("c1").resolve("pid"), pidFile);
    return GoldenRun.Ending.of(
        exitCode,
        stdout.getBytes(StandardCharsets.UTF_8),
        ("open " + invocation.cwd().resolve("x").resolve("y") + ": not there\n")
            .getBytes(StandardCharsets.UTF_8),
        List.of(
            GoldenRun.LogFile.parse(
                "{\"level\":\"error\",\"msg\":\"12 ended\",\"time\":\"now\"}")));
  }
}
