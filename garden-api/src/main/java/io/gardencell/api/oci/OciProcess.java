package io.gardencell.api.oci;

import static com.fasterxml.jackson.annotation.JsonInclude.Include.ALWAYS;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * A process to run, as in {@code config.json} and in the file of {@code winc exec -p}.
 *
 * @param env {@code NAME=value} entries in order, duplicates kept
 * @param cwd working directory as the client wrote it
 */
public record OciProcess(
    @JsonProperty("terminal") boolean terminal,
    @JsonInclude(ALWAYS) @JsonProperty("consoleSize") ConsoleSize consoleSize,
    @JsonInclude(ALWAYS) @JsonProperty("user") User user,
    @JsonProperty("args") List<String> args,
    @JsonProperty("env") List<String> env,
    @JsonInclude(ALWAYS) @JsonProperty("cwd") String cwd,
    @JsonProperty("rlimits") List<Rlimit> rlimits) {

  public OciProcess {
    consoleSize = consoleSize == null ? new ConsoleSize(0, 0) : consoleSize;
    user = user == null ? User.DEFAULT : user;
    args = OciSpec.list(args);
    env = OciSpec.list(env);
    cwd = OciSpec.text(cwd);
    rlimits = OciSpec.list(rlimits);
  }

  /** A process without a terminal. */
  public static OciProcess of(List<String> args, List<String> env, String cwd, String username) {
    return new OciProcess(
        false, new ConsoleSize(0, 0), new User(0, 0, username), args, env, cwd, List.of());
  }

  /** Size of a console in characters. */
  public record ConsoleSize(
      @JsonInclude(ALWAYS) @JsonProperty("height") long height,
      @JsonInclude(ALWAYS) @JsonProperty("width") long width) {}

  /**
   * Who runs the process; Windows looks only at the name.
   *
   * @param username empty for the image's default user
   */
  public record User(
      @JsonInclude(ALWAYS) @JsonProperty("uid") long uid,
      @JsonInclude(ALWAYS) @JsonProperty("gid") long gid,
      @JsonProperty("username") String username) {

    /** The image's default user. */
    public static final User DEFAULT = new User(0, 0, "");

    public User {
      username = OciSpec.text(username);
    }
  }

  /** A POSIX resource limit; written for completeness, without effect on Windows. */
  public record Rlimit(
      @JsonInclude(ALWAYS) @JsonProperty("type") String type,
      @JsonInclude(ALWAYS) @JsonProperty("hard") long hard,
      @JsonInclude(ALWAYS) @JsonProperty("soft") long soft) {

    public Rlimit {
      type = OciSpec.text(type);
    }
  }
}
