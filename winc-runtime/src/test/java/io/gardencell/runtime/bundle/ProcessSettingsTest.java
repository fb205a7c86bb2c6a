package io.gardencell.runtime.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gardencell.hcs.document.HcsJson;
import io.gardencell.hcs.document.ProcessDocument;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessSettingsTest {

  private static final Findings FAILURES = new Findings("c1", "");

  // winc-runtime.md §18 case 41
  @Test
  void ofSeveralEntriesTheLastCounts() {
    assertThat(document(List.of("a=b", "c=d=e", "a=z", "E="), false).environment())
        .containsEntry("a", "z")
        .containsEntry("c", "d=e")
        .containsEntry("E", "")
        .hasSize(3);
  }

  // guardian.md §20 case 37
  // winc-runtime.md §17.29
  @Test
  void namesThatDifferInCaseAreOneVariable() {
    assertThat(document(List.of("Path=a", "PATH=b", "=C:=C:\\x"), false).environment())
        .containsEntry("PATH", "b")
        .containsEntry("=C:", "C:\\x")
        .hasSize(2);
    assertThatThrownBy(() -> document(List.of("=x"), false)).hasMessageContaining("empty name");
  }

  // winc-runtime.md §18 case 42
  @Test
  void onlyAnAttachedProcessHasPipes() {
    assertThat(HcsJson.write(document(List.of(), true)))
        .isEqualTo(
            "{\"CommandLine\":\"cmd.exe /C \\\"echo a b\\\"\",\"User\":\"vcap\",\"WorkingDirectory\":\"C:\\\\home\","
                + "\"CreateStdInPipe\":true,\"CreateStdOutPipe\":true,\"CreateStdErrPipe\":true,\"ConsoleSize\":[0,0]}");
    assertThat(HcsJson.write(document(List.of(), false)))
        .endsWith("\"WorkingDirectory\":\"C:\\\\home\",\"ConsoleSize\":[0,0]}");
  }

  // winc-runtime.md §17.28
  @Test
  void whatWindowsCannotTakeIsRefusedEarly() {
    assertThatThrownBy(() -> document(List.of("A=\0"), false)).hasMessageContaining("NUL");
    assertThatThrownBy(
            () -> ProcessSettings.checked("C:\\", List.of("a"), List.of(), "u\0", FAILURES))
        .hasMessageContaining("NUL");
  }

  @Test
  void valuesAreNotInItsText() {
    ProcessSettings settings =
        ProcessSettings.checked(
            "C:\\", List.of("a", "hunter2"), List.of("A=hunter2"), "", FAILURES);

    assertThat(settings.toString()).doesNotContain("hunter2").contains("a");
  }

  private static ProcessDocument document(List<String> env, boolean pipes) {
    List<String> args = List.of("cmd", "/C", "echo a b");
    return ProcessSettings.checked("/home", args, env, "vcap", FAILURES)
        .document(CommandLine.of(args), pipes);
  }
}
