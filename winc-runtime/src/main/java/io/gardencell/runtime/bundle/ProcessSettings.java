package io.gardencell.runtime.bundle;

import io.gardencell.api.oci.OciProcess;
import io.gardencell.hcs.document.ProcessDocument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A checked process (Source: winc: runtime/config/process).
 *
 * @param cwd absolute Windows path
 * @param args program and arguments, at least one
 * @param env {@code NAME=value} entries in order
 * @param user empty for the image's default user
 */
public record ProcessSettings(String cwd, List<String> args, List<String> env, String user) {

  /** Where a process starts that is told nothing else. */
  public static final String DEFAULT_CWD = "C:\\";

  public ProcessSettings {
    args = List.copyOf(args);
    env = List.copyOf(env);
  }

  /** Checks a process; an absent working directory is {@code C:\}. */
  public static ProcessSettings of(OciProcess process, Findings failures) {
    String cwd = process.cwd().isEmpty() ? DEFAULT_CWD : process.cwd();
    return checked(cwd, process.args(), process.env(), process.user().username(), failures);
  }

  /** Checks what there is; all findings come in one failure. */
  public static ProcessSettings checked(
      String cwd, List<String> args, List<String> env, String user, Findings failures) {
    String windowsCwd = WindowsPaths.inContainer(cwd);
    List<String> findings = new ArrayList<>();
    if (!WindowsPaths.isAbsolute(windowsCwd)) {
      findings.add(
          "cwd \"%s\" is not an absolute path".formatted(windowsCwd.replace("\\", "\\\\")));
    }
    if (args.isEmpty()) {
      findings.add("args must not be empty");
    }
    for (String entry : env) {
      if (entry.indexOf('=') < 0) {
        findings.add("env \"%s\" should be in the form of 'key=value'.".formatted(entry));
      } else if (entry.charAt(0) == '=' && !isDriveEntry(entry)) {
        findings.add("env entry has an empty name (expected: 'key=value')");
      }
    }
    if (containsNul(cwd, user) || args.stream().anyMatch(a -> containsNul(a)) || hasNul(env)) {
      findings.add("a NUL character in cwd, user, args or env (expected: none)");
    }
    if (!findings.isEmpty()) {
      throw failures.inProcess(findings);
    }
    return new ProcessSettings(windowsCwd, args, env, user);
  }

  /** The document for HCS. */
  public ProcessDocument document(CommandLine commandLine, boolean pipes) {
    return ProcessDocument.of(commandLine.text(), user, cwd, environment(), pipes);
  }

  /** Windows compares names without case, so of several spellings the last entry counts. */
  private Map<String, String> environment() {
    Map<String, String> spelling = new LinkedHashMap<>();
    Map<String, String> environment = new LinkedHashMap<>();
    for (String entry : env) {
      int equals = entry.indexOf('=', entry.startsWith("=") ? 1 : 0);
      String name = entry.substring(0, equals);
      String earlier = spelling.put(name.toUpperCase(Locale.ROOT), name);
      if (earlier != null) {
        environment.remove(earlier);
      }
      environment.put(name, entry.substring(equals + 1));
    }
    return environment;
  }

  private static boolean isDriveEntry(String entry) {
    return entry.length() > 3 && entry.charAt(2) == ':' && entry.charAt(3) == '=';
  }

  private static boolean hasNul(List<String> texts) {
    return texts.stream().anyMatch(t -> containsNul(t));
  }

  private static boolean containsNul(String... texts) {
    for (String text : texts) {
      if (text.indexOf('\0') >= 0) {
        return true;
      }
    }
    return false;
  }

  /** Without values, since they hold secrets. */
  @Override
  public String toString() {
    return "ProcessSettings[program=%s, cwd=%s, user=%s]"
        .formatted(args.isEmpty() ? "" : args.get(0), cwd, user);
  }
}
