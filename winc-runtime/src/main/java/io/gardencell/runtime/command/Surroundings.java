package io.gardencell.runtime.command;

import io.gardencell.hcs.HostProvider;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;

/**
 * What a run of {@code winc} has around it.
 *
 * @param stdin standard input, passed on to attached processes
 * @param env environment of the command itself, never a process's
 * @param directory working directory, absolute
 * @param hosts finds a host by the value of {@code --host}; empty for the default
 * @param interrupts where CTRL+C arrives
 */
record Surroundings(
    InputStream stdin,
    PrintStream stdout,
    PrintStream stderr,
    Map<String, String> env,
    Path directory,
    Function<String, HostProvider> hosts,
    Interrupts interrupts) {

  /** Those of this process. */
  static Surroundings ofThisProcess() {
    return new Surroundings(
        System.in,
        System.out,
        System.err,
        System.getenv(),
        Path.of("").toAbsolutePath(),
        HostProvider::named,
        Interrupts.ofThisProcess());
  }

  /** A path as the caller means it. */
  Path resolve(String path) {
    return directory.resolve(path).normalize();
  }
}
