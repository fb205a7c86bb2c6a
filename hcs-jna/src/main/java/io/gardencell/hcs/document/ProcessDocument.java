package io.gardencell.hcs.document;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.ALWAYS;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A process to be created, "ProcessConfig" of schema v1 (hcsshim: internal/hcs/schema1/schema1.go).
 *
 * @param commandLine the whole command line, quoted by the rules of the Microsoft C runtime
 * @param user empty for the image's default user
 * @param environment added to the user's default block, in order
 * @param consoleSize height and width; always written, {@code [0,0]} without a terminal
 */
public record ProcessDocument(
    @JsonProperty("CommandLine") String commandLine,
    @JsonProperty("User") String user,
    @JsonProperty("WorkingDirectory") String workingDirectory,
    @JsonProperty("Environment") Map<String, String> environment,
    @JsonProperty("EmulateConsole") boolean emulateConsole,
    @JsonProperty("CreateStdInPipe") boolean createStdInPipe,
    @JsonProperty("CreateStdOutPipe") boolean createStdOutPipe,
    @JsonProperty("CreateStdErrPipe") boolean createStdErrPipe,
    @JsonInclude(ALWAYS) @JsonProperty("ConsoleSize") List<Integer> consoleSize) {

  public ProcessDocument {
    commandLine = SystemDocument.text(commandLine);
    user = SystemDocument.text(user);
    workingDirectory = SystemDocument.text(workingDirectory);
    environment = copy(environment);
    consoleSize = consoleSize == null ? List.of(0, 0) : List.copyOf(consoleSize);
  }

  /** A process without a terminal. */
  public static ProcessDocument of(
      String commandLine,
      String user,
      String workingDirectory,
      Map<String, String> environment,
      boolean pipes) {
    return new ProcessDocument(
        commandLine,
        user,
        workingDirectory,
        environment,
        false,
        pipes,
        pipes,
        pipes,
        List.of(0, 0));
  }

  private static Map<String, String> copy(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
