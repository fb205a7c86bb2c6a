package io.gardencell.emulator.compute;

import io.gardencell.emulator.posix.PipeLoop;
import io.gardencell.emulator.posix.Posix;
import io.gardencell.emulator.state.Failures;
import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.ProcessDocument;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts processes under their supervisor script (docs/adr/0005-emulated-processes.md). */
final class ProcessLauncher {

  private static final Logger log = LoggerFactory.getLogger(ProcessLauncher.class);

  /** Environment variable by which all processes of a system are found again. */
  static final String MARKER = "GARDENCELL_SYSTEM";

  private static final long START_SECONDS = 20;
  private static final String SETSID = "/usr/bin/setsid";

  private final StateDirectory state;
  private final PipeLoop loop;
  private final ProcessTable table;
  private final Path script;

  ProcessLauncher(StateDirectory state, PipeLoop loop, ProcessTable table) throws IOException {
    this.state = state;
    this.loop = loop;
    this.table = table;
    this.script = state.root().resolve("supervise.sh");
    try (var in = ProcessLauncher.class.getResourceAsStream("supervise.sh")) {
      if (in == null) {
        throw new IOException("supervise.sh: not in the jar (expected: beside this class)");
      }
      byte[] text = in.readAllBytes();
      if (!Files.exists(script) || !Arrays.equals(Files.readAllBytes(script), text)) {
        Path fresh = state.root().resolve("supervise." + UUID.randomUUID());
        Files.write(fresh, text);
        Files.move(fresh, script, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  /** Starts the process and gives its directory, whose record is written. */
  Path launch(
      SystemRecord system, Path processes, Path volume, ProcessDocument document, String blocks) {
    ContainerRoot root = new ContainerRoot(volume);
    List<String> arguments = WindowsCommandLine.parse(document.commandLine());
    if (arguments.isEmpty()) {
      throw new HcsException("HcsCreateProcess", system.id(), HcsErrors.INVALID_PARAMETER);
    }
    root.checkUser(document.user(), system.id());
    Path directory = root.workingDirectory(document.workingDirectory(), system.id());
    Path program = root.executable(arguments.get(0), directory, system.id());
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of(SETSID))) {
      command.add(SETSID);
    }
    command.add("/usr/bin/env");
    command.add("-i");
    Map<String, String> block =
        root.environment(document.user(), system.document().hostName(), document.environment());
    block.put(MARKER, system.marker());
    block.forEach((k, v) -> command.add(k + "=" + v));
    if (program.toString().indexOf('=') >= 0) {
      command.addAll(List.of("/bin/sh", "-c", "exec \"$0\" \"$@\""));
    }
    command.add(program.toString());
    command.addAll(arguments.subList(1, arguments.size()));
    if (command.stream().anyMatch(a -> a.indexOf('\0') >= 0)) {
      throw new HcsException("HcsCreateProcess", system.id(), HcsErrors.INVALID_PARAMETER);
    }
    Path home = processes.resolve(UUID.randomUUID().toString());
    try {
      return start(home, directory, document, blocks, command, program);
    } catch (IOException e) {
      discard(home);
      throw Failures.of("HcsCreateProcess", system.id(), e);
    } catch (HcsException e) {
      discard(home);
      throw e;
    }
  }

  private Path start(
      Path home,
      Path directory,
      ProcessDocument document,
      String blocks,
      List<String> command,
      Path program)
      throws IOException {
    // Fails when the system is gone: its directory is not to come back.
    Files.createDirectory(home);
    for (String fifo : List.of("stdin", "stdout", "stderr", "life", "hold")) {
      Posix.mkfifo(home.resolve(fifo));
    }
    // Before the start: should the daemon die meanwhile, the next one knows the process.
    Instant now = Instant.now();
    state.write(
        ProcessRecord.file(home),
        ProcessRecord.begun(
            String.valueOf(program.getFileName()),
            document.createStdInPipe(),
            document.createStdOutPipe(),
            document.createStdErrPipe(),
            now));
    try (LifeLine life = LifeLine.ofNext(loop, home)) {
      List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", "\"$@\" &", "sh"));
      if (Files.isExecutable(Path.of(SETSID))) {
        line.add(SETSID);
      }
      line.addAll(
          List.of(
              "/bin/sh",
              script.toString(),
              home.toString(),
              directory.toString(),
              flag(document.createStdInPipe()),
              flag(document.createStdOutPipe()),
              flag(document.createStdErrPipe()),
              blocks));
      line.addAll(command);
      File nothing = new File("/dev/null");
      ProcessBuilder builder =
          new ProcessBuilder(line)
              .directory(home.toFile())
              .redirectInput(nothing)
              .redirectOutput(nothing)
              .redirectError(nothing);
      builder.environment().clear();
      builder.start();
      if (!life.started().get(START_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("supervisor ended before its process started: " + program);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HcsException("HcsCreateProcess", program.toString(), HcsErrors.OPERATION_ABORTED);
    } catch (ExecutionException e) {
      throw new IOException("process did not start: " + program, e);
    } catch (TimeoutException e) {
      throw new HcsException("HcsCreateProcess", program.toString(), HcsErrors.TIMEOUT);
    }
    table.launched();
    return home;
  }

  private static String flag(boolean value) {
    return value ? "1" : "0";
  }

  private static void discard(Path home) {
    try {
      StateDirectory.removeTree(home);
    } catch (IOException e) {
      log.atWarn()
          .addKeyValue("directory", home)
          .setCause(e)
          .log("directory of a process that did not start is left");
    }
  }
}
