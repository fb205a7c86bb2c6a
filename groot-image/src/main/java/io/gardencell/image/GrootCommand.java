package io.gardencell.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gardencell.api.GardenException;
import io.gardencell.api.oci.OciWindows;
import io.gardencell.api.spi.DiskUsage;
import io.gardencell.api.spi.ImageRequest;
import io.gardencell.api.spi.RootFilesystem;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The command {@code groot}: JSON or error text on standard output, logs on standard error (Source:
 * groot: cmd/).
 */
@Command(name = "groot", mixinStandardHelpOptions = false)
public final class GrootCommand implements Runnable {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(names = "--driver-store", defaultValue = "")
  private String driverStore = "";

  @Option(names = "--store", defaultValue = "", description = "accepted, without effect")
  private String store = "";

  @Option(names = "--host", defaultValue = "")
  private String hostName = "";

  @Option(names = "--data-dir", defaultValue = "${env:GARDENCELL_DATA_DIR:-}")
  private String dataDir = "";

  @Option(names = "--insecure-registry", split = ",")
  private Set<String> insecureRegistries = Set.of();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true)
  private boolean help;

  @Spec private CommandSpec spec;

  private GrootCommand(CommandSpec none) {
    this.spec = none;
  }

  /** Runs and ends the process with the exit code. */
  public static void main(String[] arguments) {
    System.exit(
        run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), arguments));
  }

  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    GrootCommand groot = new GrootCommand(CommandSpec.create());
    CommandLine line = new CommandLine(groot);
    line.addSubcommand("create", line(groot, 2, groot::create));
    line.addSubcommand("pull", line(groot, 1, groot::pull));
    line.addSubcommand("delete", line(groot, 1, groot::delete));
    line.addSubcommand("stats", line(groot, 1, groot::stats));
    line.addSubcommand("gc", line(groot, 0, groot::collect));
    line.addSubcommand("list", line(groot, 0, groot::list));
    line.addSubcommand("capacity", line(groot, 0, groot::capacity));
    line.setOut(out).setErr(err);
    line.setParameterExceptionHandler(
        (e, args) -> {
          if (e instanceof CommandLine.UnmatchedArgumentException u
              && !u.getUnmatched().isEmpty()
              && !u.getUnmatched().get(0).startsWith("-")) {
            err.println("No help topic for '" + u.getUnmatched().get(0) + "'");
            return 3;
          }
          out.println("Incorrect Usage: " + e.getMessage());
          return 1;
        });
    line.setExecutionExceptionHandler(
        (e, at, result) -> {
          if (e instanceof GardenException
              || e instanceof HcsException
              || e instanceof IllegalArgumentException) {
            out.println(e.getMessage());
            return 1;
          }
          throw e;
        });
    return line.execute(arguments);
  }

  private static CommandLine line(
      GrootCommand groot, int expected, Function<Arguments, Integer> action) {
    return new CommandLine(new Arguments(groot, expected, action));
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Options and arguments after the name of a command. */
  @Command
  static final class Arguments implements Callable<Integer> {

    private final GrootCommand groot;
    private final int expected;
    private final Function<Arguments, Integer> action;

    @Parameters private List<String> words = List.of();

    @Option(names = "--disk-limit-size-bytes", defaultValue = "0")
    private long limit;

    @Option(names = "--exclude-image-from-quota")
    private boolean exclusive;

    @Option(names = "--username", defaultValue = "")
    private String username = "";

    @Option(names = "--password", defaultValue = "${env:GROOT_PASSWORD:-}")
    private String password = "";

    @Option(names = "--threshold-bytes", defaultValue = "0")
    private long threshold;

    @Option(
        names = {"-h", "--help"},
        usageHelp = true)
    private boolean help;

    Arguments(GrootCommand groot, int expected, Function<Arguments, Integer> action) {
      this.groot = groot;
      this.expected = expected;
      this.action = action;
    }

    @Override
    public Integer call() {
      if (words.size() != expected) {
        throw GardenException.failure(
            "Incorrect number of args. Expect " + expected + ", got " + words.size());
      }
      return action.apply(this);
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private int with(Function<GrootImage, Integer> work) {
    if (driverStore.isEmpty() && dataDir.isEmpty()) {
      throw GardenException.failure("driver store must be set");
    }
    Path data = Path.of(dataDir.isEmpty() ? "garden-data" : dataDir).toAbsolutePath().normalize();
    ImageConfig config =
        driverStore.isEmpty()
            ? ImageConfig.defaults(data)
            : ImageConfig.ofStore(Path.of(driverStore));
    try (Host host = HostProvider.named(hostName).open(new HostOptions(data))) {
      return work.apply(new GrootImage(host, config.withInsecureRegistries(insecureRegistries)));
    }
  }

  private int create(Arguments a) {
    if (a.limit < 0) {
      throw GardenException.failure("invalid disk limit: " + a.limit);
    }
    return with(
        groot -> {
          String uri = a.words.get(0);
          String handle = a.words.get(1);
          RootFilesystem made =
              groot.create(
                  new ImageRequest(handle, uri, a.username, a.password, a.limit, a.exclusive));
          return print(document(made));
        });
  }

  private static ObjectNode document(RootFilesystem made) {
    ObjectNode json = JSON.createObjectNode().put("ociVersion", "1.2.1");
    if (!made.env().isEmpty()) {
      ObjectNode process = json.putObject("process");
      process.putObject("user").put("uid", 0).put("gid", 0);
      made.env().forEach(process.putArray("env")::add);
      process.put("cwd", "");
    }
    json.putObject("root").put("path", made.rootPath());
    OciWindows windows = made.windows();
    if (windows != null) {
      windows.layerFolders().forEach(json.putObject("windows").putArray("layerFolders")::add);
    }
    return json;
  }

  private int print(ObjectNode json) {
    try {
      out().println(JSON.writeValueAsString(json));
      return 0;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always writable", e);
    }
  }

  private int pull(Arguments a) {
    PrintWriter err = spec.commandLine().getErr();
    return with(
        groot -> {
          groot.pull(a.words.get(0), a.username, a.password, err::println);
          return 0;
        });
  }

  private int delete(Arguments a) {
    return with(
        groot -> {
          groot.delete(a.words.get(0));
          return 0;
        });
  }

  private int stats(Arguments a) {
    return with(
        groot -> {
          DiskUsage usage = groot.usage(a.words.get(0));
          ObjectNode json = JSON.createObjectNode();
          json.putObject("disk_usage")
              .put("total_bytes_used", usage.totalBytes())
              .put("exclusive_bytes_used", usage.exclusiveBytes());
          return print(json);
        });
  }

  private int collect(Arguments a) {
    return with(
        groot -> {
          ObjectNode json = JSON.createObjectNode();
          groot.collectGarbage(a.threshold).forEach(json.putArray("removed")::add);
          return print(json);
        });
  }

  private int list(Arguments a) {
    return with(
        groot -> {
          ObjectNode json = JSON.createObjectNode();
          groot.layers().forEach(json.putArray("layers")::add);
          groot.handles().forEach(json.putArray("volumes")::add);
          return print(json);
        });
  }

  private int capacity(Arguments a) {
    return with(
        groot -> print(JSON.createObjectNode().put("capacity", groot.capacity().orElse(0))));
  }
}
