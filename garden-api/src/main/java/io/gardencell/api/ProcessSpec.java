package io.gardencell.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What process to run.
 *
 * @param id empty = the server chooses
 * @param limits null = the container's
 * @param image not empty = the process gets a root file system of its own
 * @param bindMounts null = absent, which differs from empty
 */
public record ProcessSpec(
    @JsonProperty("id") String id,
    @JsonProperty("path") String path,
    @JsonProperty("args") List<String> args,
    @JsonProperty("env") List<String> env,
    @JsonProperty("dir") String dir,
    @JsonProperty("user") String user,
    @JsonProperty("rlimits") ResourceLimits rlimits,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("limits")
        @Nullable ProcessLimits limits,
    @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("tty") @Nullable TtySpec tty,
    @JsonProperty("image") ImageRef image,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @JsonProperty("bind_mounts")
        @Nullable List<BindMount> bindMounts) {

  public ProcessSpec {
    id = Absent.text(id);
    path = Absent.text(path);
    args = Absent.texts(args);
    env = Absent.texts(env);
    dir = Absent.text(dir);
    user = Absent.text(user);
    rlimits = Absent.or(rlimits, ResourceLimits.NONE);
    image = Absent.or(image, ImageRef.NONE);
    bindMounts = bindMounts == null ? null : Absent.list(bindMounts);
  }

  /** A process with nothing but a program and its arguments. */
  public static ProcessSpec of(String path, String... args) {
    return new ProcessSpec(
        "",
        path,
        List.of(args),
        List.of(),
        "",
        "",
        ResourceLimits.NONE,
        null,
        null,
        ImageRef.NONE,
        null);
  }

  /** The same with another id. */
  public ProcessSpec withId(String other) {
    return new ProcessSpec(
        other, path, args, env, dir, user, rlimits, limits, tty, image, bindMounts);
  }

  /** The same in another directory. */
  public ProcessSpec withDir(String other) {
    return new ProcessSpec(
        id, path, args, env, other, user, rlimits, limits, tty, image, bindMounts);
  }

  /** Without arguments and environment, which are never logged. */
  @Override
  public String toString() {
    return "ProcessSpec[id=%s, path=%s, dir=%s, user=%s]".formatted(id, path, dir, user);
  }
}
