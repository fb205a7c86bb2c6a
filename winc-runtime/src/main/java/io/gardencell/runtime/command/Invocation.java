package io.gardencell.runtime.command;

import io.gardencell.api.GardenException;
import io.gardencell.api.files.AtomicFile;
import io.gardencell.hcs.ComputeProcess;
import io.gardencell.hcs.HcsException;
import io.gardencell.runtime.ContainerStates;
import io.gardencell.runtime.Containers;
import io.gardencell.runtime.WincProcess;
import io.gardencell.runtime.bundle.FileFailures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ParseResult;

/**
 * One command to run: the containers it is about, its flags and arguments, and what is around it.
 * One thread.
 */
record Invocation(
    Containers containers, ParseResult flags, List<String> arguments, Surroundings around) {

  private static final Logger log = LoggerFactory.getLogger(Invocation.class);

  String id() {
    return arguments.get(0);
  }

  String text(String flag) {
    return WincFlags.text(flags, flag);
  }

  boolean has(String flag) {
    return flags.hasMatchedOption(flag);
  }

  Path bundle() {
    return around.resolve(text("--bundle"));
  }

  ContainerStates.Known known() {
    return containers
        .state(id())
        .orElseThrow(() -> GardenException.failure("container not found: " + id()));
  }

  void writePid(long pid) {
    String name = text("--pid-file");
    if (name.isEmpty()) {
      return;
    }
    Path file = around.resolve(name);
    Path directory = file.getParent();
    try {
      // The reference makes no directories for it: a mistyped path is a failure.
      if (directory != null && !Files.isDirectory(directory)) {
        throw new NoSuchFileException(name);
      }
      AtomicFile.write(file, Long.toString(pid));
    } catch (IOException e) {
      throw GardenException.failure(FileFailures.text("open", name, file, e), e);
    }
  }

  /**
   * Connects a process to our streams until it ends; the first CTRL+C ends it, a further one does
   * so only if that failed. Gives the exit code.
   */
  long attach(ComputeProcess process) {
    AtomicBoolean killed = new AtomicBoolean();
    try (WincProcess attached = new WincProcess(id(), process, Runnable::run);
        Interrupts.Registration interrupt = around.interrupts().on(() -> kill(process, killed))) {
      log.atTrace().addKeyValue("interrupt", interrupt).log("attached");
      return AttachedStreams.pump(
          attached, around.stdin(), around.stdout(), around.stderr(), AttachedStreams.DRAIN);
    }
  }

  private void kill(ComputeProcess process, AtomicBoolean killed) {
    if (killed.getAndSet(true)) {
      return;
    }
    try {
      process.terminate();
    } catch (HcsException e) {
      killed.set(false);
      log.atWarn()
          .addKeyValue("containerId", id())
          .addKeyValue("pid", process.pid())
          .setCause(e)
          .log("process not ended by the interrupt");
    }
  }

  int print(String text) {
    around.stdout().print(text);
    around.stdout().flush();
    return 0;
  }
}
