package io.gardencell.hcs.jna;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Library;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** docs/native-functions.md and the bindings say the same. */
class NativeFunctionsTest {

  private static final Map<Class<? extends Library>, String> LIBRARIES =
      Map.of(
          VmCompute.class, "vmcompute",
          VmComputeLayers.class, "vmcompute",
          VmComputeNetwork.class, "vmcompute",
          Kernel32.class, "kernel32",
          Advapi32.class, "advapi32",
          NtDll.class, "ntdll",
          IpHlpApi.class, "iphlpapi",
          VirtDisk.class, "virtdisk",
          Ole32.class, "ole32",
          OleAut32.class, "oleaut32");

  private record Row(String library, String function, String state, String note) {

    String name() {
      return library + " " + function;
    }
  }

  private static List<Row> rows() throws IOException {
    Path table =
        Path.of(System.getProperty("gardencell.root", ".."), "docs", "native-functions.md");
    try (var lines = Files.lines(table)) {
      return lines
          .filter(line -> line.startsWith("| ") && !line.startsWith("| library"))
          .map(line -> line.split("\\|", -1))
          .map(c -> new Row(c[1].strip(), c[2].strip(), c[3].strip(), c[4].strip()))
          .toList();
    }
  }

  @Test
  void theTableNamesExactlyWhatIsBound() throws IOException {
    TreeSet<String> bound = new TreeSet<>();
    LIBRARIES.forEach(
        (type, library) ->
            Arrays.stream(type.getDeclaredMethods())
                .filter(method -> !method.isSynthetic())
                .map(Method::getName)
                .forEach(name -> bound.add(library + " " + name)));
    for (ComMethod method : ComMethod.values()) {
      bound.add(method.library() + " " + method.function());
    }

    assertThat(rows().stream().filter(row -> row.state().equals("bound")).map(Row::name))
        .containsExactlyInAnyOrderElementsOf(bound);
  }

  // hcs-abi.md §18 case 34: the slots
  @Test
  void theTableNamesTheSlotOfEachComMethod() throws IOException {
    for (ComMethod method : ComMethod.values()) {
      if (method != ComMethod.RELEASE) {
        assertThat(rows())
            .filteredOn(row -> row.function().equals(method.function()))
            .extracting(Row::note)
            .containsExactly("slot " + method.slot());
      }
    }
  }

  @Test
  void whatIsLeftOutHasAReason() throws IOException {
    assertThat(rows()).extracting(Row::state).containsOnly("bound", "left out");
    assertThat(rows())
        .filteredOn(row -> row.state().equals("left out"))
        .extracting(Row::note)
        .doesNotContain("");
    assertThat(rows()).extracting(Row::name).doesNotHaveDuplicates();
  }
}
