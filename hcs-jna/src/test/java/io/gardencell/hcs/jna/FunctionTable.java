package io.gardencell.hcs.jna;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The table of docs/native-functions.md. */
public final class FunctionTable {

  private static final Set<String> COM_SERVERS = Set.of("com", "fsrm", "dskquota");

  private FunctionTable() {}

  /**
   * A function of a DLL, or a method of a COM server.
   *
   * @param library the DLL or server
   * @param function its name
   * @param state bound or left out
   * @param note what else is said of it
   */
  public record Row(String library, String function, String state, String note) {

    /** Tells it from every other. */
    public String name() {
      return library + " " + function;
    }

    /** Whether it is called through a vtable, not by its name. */
    public boolean isComMethod() {
      return COM_SERVERS.contains(library);
    }

    /** Whether we call it. */
    public boolean isBound() {
      return state.equals("bound");
    }
  }

  /** The whole table. */
  public static List<Row> rows() throws IOException {
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
}
