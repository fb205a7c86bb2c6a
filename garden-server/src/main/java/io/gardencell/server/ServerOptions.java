package io.gardencell.server;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The daemon's command line. So far the flags below; the rest of gdn's table is to come. */
@Command(
    name = "garden-server",
    description = "A Garden API server for Windows cells.",
    mixinStandardHelpOptions = false,
    sortOptions = false)
public final class ServerOptions {

  /** The options of a command line without the word {@code server}. */
  public static ServerOptions parse(String... flags) {
    ServerOptions options = new ServerOptions();
    new picocli.CommandLine(options).parseArgs(flags);
    return options;
  }

  @Option(names = "--bind-ip", defaultValue = "127.0.0.1", description = "address to listen on")
  String bindIp = "127.0.0.1";

  @Option(names = "--bind-port", defaultValue = "7777", description = "port to listen on")
  int bindPort = 7777;

  @Option(names = "--host", defaultValue = "", description = "hcs or emulated")
  String host = "";

  @Option(names = "--data-dir", description = "where all state lies")
  Path dataDir =
      Path.of(
          System.getProperty("os.name", "").startsWith("Windows")
              ? "C:\\var\\vcap\\data\\garden"
              : "garden-data");

  @Option(names = "--init-bin", description = "init program of the containers")
  Path initBin = Path.of("");

  @Option(names = "--default-rootfs", defaultValue = "", description = "image URI")
  String defaultRootfs = "";

  @Option(names = "--external-ip", defaultValue = "127.0.0.1", description = "address of the cell")
  String externalIp = "127.0.0.1";

  @Option(names = "--max-containers", defaultValue = "0", description = "0 = no limit")
  long maxContainers;

  @Option(names = "--destroy-containers-on-startup", description = "begin with none")
  boolean destroyOnStart;

  @Option(names = "--help", usageHelp = true, description = "this text")
  boolean help;
}
