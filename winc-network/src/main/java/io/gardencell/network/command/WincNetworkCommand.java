package io.gardencell.network.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gardencell.api.GardenException;
import io.gardencell.api.spi.NetworkAddress;
import io.gardencell.api.spi.NetworkResult;
import io.gardencell.api.spi.PortForward;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.network.NetworkConfig;
import io.gardencell.network.Patience;
import io.gardencell.network.WincNetwork;
import io.gardencell.network.port.ListeningPorts;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The command {@code winc-network}: the flags, documents, texts and exit codes of winc-network.exe
 * (winc: cmd/winc-network/main.go), and the actions {@code net-in}, {@code net-out} and {@code
 * bulk-net-out}. One run, one thread.
 */
@Command(
    name = "winc-network",
    description = "winc-network is a command line client for managing container networks")
public final class WincNetworkCommand {

  private static final Set<String> ACTIONS =
      Set.of("up", "down", "create", "delete", "net-in", "net-out", "bulk-net-out");
  private static final JsonMapper MAPPER = new JsonMapper();

  @Option(names = "--action", defaultValue = "", description = "network action")
  String action = "";

  @Option(names = "--configFile", defaultValue = "", description = "config file for winc-network")
  String configFile = "";

  @Option(names = "--handle", defaultValue = "", description = "container id")
  String handle = "";

  @Option(names = "--debug", description = "enable debug output for logging")
  boolean debug;

  @Option(names = "--log", defaultValue = "NUL", description = "log file path")
  String logFile = "";

  @Option(names = "--log-format", defaultValue = "json", description = "json (default) or text")
  String logFormat = "";

  @Option(names = "--host", defaultValue = "", description = "hcs or emulated")
  String host = "";

  @Option(
      names = "--data-dir",
      defaultValue = "${env:GARDENCELL_DATA_DIR:-}",
      description = "data directory of the server")
  String dataDir = "";

  @Option(
      names = {"--help", "-h"},
      usageHelp = true,
      description = "show help")
  boolean help;

  @Parameters(hidden = true)
  List<String> ignored = new ArrayList<>();

  private Patience patience = Patience.DEFAULT;
  private IntPredicate isListening = ListeningPorts::isListening;

  private WincNetworkCommand() {}

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    ProcessLogging.silence();
    System.exit(
        run(
            args,
            System.in,
            System.out,
            System.err,
            command ->
                HostProvider.named(command.host).open(new HostOptions(command.dataDirectory())),
            Patience.DEFAULT,
            ListeningPorts::isListening,
            ProcessLogging::warnInto));
  }

  /**
   * Runs the command.
   *
   * @param open gives the host, which is closed
   * @param isListening whether the host itself uses a port
   * @param onLog told the command's log as soon as it is open
   */
  static int run(
      String[] args,
      InputStream stdin,
      PrintStream stdout,
      PrintStream stderr,
      Function<WincNetworkCommand, Host> open,
      Patience patience,
      IntPredicate isListening,
      Consumer<CommandLog> onLog) {
    WincNetworkCommand command = new WincNetworkCommand();
    command.patience = patience;
    command.isListening = isListening;
    CommandLine line = new CommandLine(command).setOverwrittenOptionsAllowed(true);
    try {
      line.parseArgs(args);
    } catch (CommandLine.ParameterException invalid) {
      String text =
          invalid instanceof CommandLine.UnmatchedArgumentException unknown
              ? "flag provided but not defined: "
                  + unknown.getUnmatched().get(0).replaceFirst("^--", "-")
              : String.valueOf(invalid.getMessage());
      stdout.print("Incorrect Usage. " + text + "\n\n" + line.getUsageMessage());
      // before it has read its flags the reference logs to stderr
      stderr.print(CommandLog.textLine("error", text, Instant.now()) + text + "\n");
      return 1;
    }
    if (command.help || command.ignored.stream().limit(1).anyMatch(Set.of("help", "h")::contains)) {
      stdout.print(line.getUsageMessage());
      return 0;
    }
    CommandLog log = null;
    try {
      log = CommandLog.open(command.logFile, command.logFormat, command.debug);
      onLog.accept(log);
      command.execute(stdin, stdout, open, log);
      return 0;
    } catch (GardenException | HcsException | IllegalArgumentException | IOException failed) {
      stderr.print(failed.getMessage() + "\n");
      if (log != null) {
        log.error(String.valueOf(failed.getMessage()));
      }
      return 1;
    }
  }

  private Path dataDirectory() {
    if (!dataDir.isEmpty()) {
      return Path.of(dataDir).toAbsolutePath();
    }
    boolean windows = System.getProperty("os.name", "").startsWith("Windows");
    return Path.of(windows ? "C:\\var\\vcap\\data\\garden" : "garden-data").toAbsolutePath();
  }

  private void execute(
      InputStream stdin,
      PrintStream stdout,
      Function<WincNetworkCommand, Host> open,
      CommandLog log)
      throws IOException {
    if (!ACTIONS.contains(action)) {
      throw GardenException.failure("invalid action: " + action);
    }
    NetworkConfig config = config();
    if (handle.isEmpty() && !action.equals("create") && !action.equals("delete")) {
      throw GardenException.failure("missing required flag 'handle'");
    }
    String prefix =
        switch (action) {
          case "create" -> "network create: ";
          case "delete" -> "network delete: ";
          case "down" -> "networkDown: ";
          case "up" -> "networkUp: ";
          default -> action + ": ";
        };
    String input =
        Set.of("create", "delete", "down").contains(action)
            ? ""
            : new String(stdin.readAllBytes(), StandardCharsets.UTF_8);
    try (Host opened = open.apply(this);
        WincNetwork network =
            new WincNetwork(opened, config, log, Clock.systemUTC(), patience, isListening)) {
      stdout.print(act(network, input));
      stdout.flush();
      network.removeLeftovers();
    } catch (GardenException | HcsException failed) {
      throw GardenException.failure(prefix + failed.getMessage(), failed);
    }
  }

  private NetworkConfig config() {
    try {
      return configFile.isEmpty()
          ? NetworkConfig.defaults(dataDirectory())
          : NetworkConfig.read(Files.readString(Path.of(configFile)), dataDirectory());
    } catch (IOException failed) {
      String cause =
          failed instanceof NoSuchFileException
              ? HcsErrors.text(HcsErrors.FILE_NOT_FOUND)
              : String.valueOf(failed.getMessage());
      throw GardenException.failure("configFile: open " + configFile + ": " + cause, failed);
    } catch (GardenException failed) {
      throw GardenException.failure("configFile: " + failed.getMessage(), failed);
    }
  }

  private String act(WincNetwork network, String input) {
    switch (action) {
      case "create" -> network.createNetwork();
      case "delete" -> network.deleteNetwork();
      case "down" -> network.down(handle);
      case "net-out", "bulk-net-out" ->
          network.netOut(address(), PluginRequests.netOut(input, action.startsWith("bulk")));
      case "net-in" -> {
        PluginRequests.NetInRequest request = PluginRequests.netIn(input);
        PortForward port =
            network.netIn(
                new NetworkAddress(handle, request.externalIp(), request.containerIp()),
                request.hostPort(),
                request.containerPort());
        Map<String, Integer> answer = new LinkedHashMap<>();
        answer.put("host_port", port.hostPort());
        answer.put("container_port", port.containerPort());
        return json(answer);
      }
      default -> {
        NetworkResult result = network.connect(PluginRequests.up(handle, input));
        Map<String, @Nullable String> properties = new LinkedHashMap<>();
        for (String name :
            List.of(
                NetworkResult.CONTAINER_IP, NetworkResult.HOST_IP, NetworkResult.MAPPED_PORTS)) {
          properties.put(name, result.properties().get(name));
        }
        return json(Map.of("properties", properties));
      }
    }
    return "";
  }

  private NetworkAddress address() {
    return new NetworkAddress(handle, "", "");
  }

  private static String json(Object answer) {
    try {
      return MAPPER.writeValueAsString(answer) + "\n";
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("cannot be written: " + answer, impossible);
    }
  }
}
