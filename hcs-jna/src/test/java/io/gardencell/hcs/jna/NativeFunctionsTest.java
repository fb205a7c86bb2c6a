package io.gardencell.hcs.jna;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Library;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * docs/native-functions.md and the bindings say the same; ComMethodTest does it for COM's methods.
 */
class NativeFunctionsTest {

  /** Every interface to a DLL, in whatever package it is. */
  private static List<Class<?>> bindings() throws Exception {
    Path classes =
        Path.of(HcsHostProvider.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Class<?>> found = new ArrayList<>();
    try (var files = Files.walk(classes)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        String name = classes.relativize(file).toString().replaceAll("[/\\\\]", ".");
        Class<?> type =
            Class.forName(
                name.substring(0, name.length() - ".class".length()),
                false,
                HcsHostProvider.class.getClassLoader());
        if (Library.class.isAssignableFrom(type)) {
          found.add(type);
        }
      }
    }
    return found;
  }

  /** An interface is named after its DLL; vmcompute.dll has several. */
  private static String library(Class<?> binding) {
    String name = binding.getSimpleName().toLowerCase(Locale.ROOT);
    return name.startsWith("vmcompute") ? "vmcompute" : name;
  }

  @Test
  void theTableNamesExactlyWhatIsBound() throws Exception {
    TreeSet<String> bound = new TreeSet<>();
    for (Class<?> binding : bindings()) {
      Arrays.stream(binding.getDeclaredMethods())
          .filter(method -> !method.isSynthetic())
          .map(Method::getName)
          .forEach(name -> bound.add(library(binding) + " " + name));
    }

    assertThat(FunctionTable.rows())
        .filteredOn(row -> row.isBound() && !row.isComMethod())
        .extracting(FunctionTable.Row::name)
        .containsExactlyInAnyOrderElementsOf(bound);
  }

  @Test
  void whatIsLeftOutHasAReason() throws Exception {
    List<FunctionTable.Row> rows = FunctionTable.rows();
    assertThat(rows).extracting(FunctionTable.Row::state).containsOnly("bound", "left out");
    assertThat(rows)
        .filteredOn(row -> !row.isBound())
        .extracting(FunctionTable.Row::note)
        .doesNotContain("");
    assertThat(rows).extracting(FunctionTable.Row::name).doesNotHaveDuplicates();
  }
}
