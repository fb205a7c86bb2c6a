package io.gardencell.server.process;

import io.gardencell.api.GardenException;
import io.gardencell.api.spi.ContainerProcess;
import io.gardencell.api.spi.ListedProcess;
import io.gardencell.server.cell.Cell;
import io.gardencell.server.cell.Failures;
import io.gardencell.server.cell.LiveContainer;
import io.gardencell.server.cell.Names;
import io.gardencell.server.depot.ProcessFiles;
import io.gardencell.server.depot.ProcessFiles.Begun;
import io.gardencell.server.depot.SavedContainer.SavedProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends processes that an earlier daemon had started but not yet noted when it died: no client was
 * ever told of them. A process's directory with its document is made just before the host is asked;
 * where there is one without a record, the host's list of processes is looked through for the
 * oldest process of that program that was started within a moment of it. Everything else in the
 * container is left alone. Used while nobody else may use the container; can be repeated.
 */
final class UnrecordedProcesses {

  private static final Logger log = LoggerFactory.getLogger(UnrecordedProcesses.class);

  /**
   * How soon after the document the host has the process. Longer would catch children of the same
   * program that the app starts later.
   */
  private static final Duration MOMENT = Duration.ofSeconds(10);

  private final Cell cell;
  private final LiveContainer container;
  private final ProcessFiles files;

  UnrecordedProcesses(Cell cell, LiveContainer container, ProcessFiles files) {
    this.cell = cell;
    this.container = container;
    this.files = files;
  }

  /** Ends them and removes their directories. */
  void end() {
    List<SavedProcess> recorded = container.saved().processes();
    Set<String> ids = recorded.stream().map(p -> Names.key(p.id())).collect(Collectors.toSet());
    List<Begun> begun;
    try {
      begun = files.begun(id -> ids.contains(Names.key(id)));
    } catch (IOException e) {
      throw GardenException.failure("processes of " + container.handle() + ": " + e, e);
    }
    if (begun.isEmpty()) {
      return;
    }
    List<ListedProcess> listed =
        cell.plugins().runtime().processes(container.handle().value()).stream()
            .sorted(Comparator.comparing(ListedProcess::started))
            .toList();
    Set<Long> known =
        recorded.stream().map(SavedProcess::pid).collect(Collectors.toCollection(HashSet::new));
    Failures failures = new Failures();
    for (Begun one : begun) {
      Optional<ListedProcess> its =
          listed.stream().filter(p -> !known.contains(p.pid()) && isOf(one, p)).findFirst();
      its.ifPresent(p -> known.add(p.pid()));
      failures.attempt(() -> end(one, its));
    }
    failures.orThrow();
  }

  private void end(Begun begun, Optional<ListedProcess> process) {
    if (process.isPresent()) {
      long pid = process.get().pid();
      cell.plugins().runtime().attach(container.handle().value(), pid).ifPresent(this::end);
      log.atWarn()
          .addKeyValue("handle", container.handle())
          .addKeyValue("process", begun.id())
          .addKeyValue("pid", pid)
          .log("process ended that was started without an answer");
    }
    files.remove(begun.id());
  }

  private void end(ContainerProcess process) {
    try (process) {
      process.kill();
    }
  }

  static boolean isOf(Begun begun, ListedProcess process) {
    return !begun.program().isEmpty()
        && !process.started().isBefore(begun.since())
        && process.started().isBefore(begun.since().plus(MOMENT))
        && isImageOf(begun.program(), process.image());
  }

  /** Windows adds {@code .exe} to a program without an extension and runs batch files by cmd. */
  private static boolean isImageOf(String program, String image) {
    String name = bare(program);
    return name.equals(bare(image))
        || ((name.endsWith(".bat") || name.endsWith(".cmd")) && bare(image).equals("cmd"));
  }

  private static String bare(String path) {
    String name =
        path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
            .toLowerCase(Locale.ROOT);
    return name.endsWith(".exe") ? name.substring(0, name.length() - 4) : name;
  }
}
