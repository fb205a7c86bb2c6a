package io.gardencell.server;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Starts the daemon: {@code [server] [flags]}. Ends cleanly on Ctrl-C; containers live on. */
public final class Main {

  private static final Logger log = LoggerFactory.getLogger(Main.class);

  private Main() {}

  /** Runs until the process is told to end; exit code 1 when it cannot start. */
  public static void main(String[] args) {
    ServerOptions options = new ServerOptions();
    CommandLine line = new CommandLine(options);
    String[] flags =
        args.length > 0 && args[0].equals("server")
            ? java.util.Arrays.copyOfRange(args, 1, args.length)
            : args;
    try {
      line.parseArgs(flags);
    } catch (ParameterException wrong) {
      System.err.println(wrong.getMessage());
      System.exit(1);
    }
    if (options.help) {
      line.usage(System.out);
      return;
    }
    try {
      Daemon daemon = Daemon.start(options);
      Runtime.getRuntime().addShutdownHook(new Thread(daemon::close, "shutdown"));
    } catch (IOException | GardenException | HcsException | IllegalArgumentException failure) {
      log.atError().setCause(failure).log("failed to start");
      System.err.println("garden-server: " + failure.getMessage());
      System.exit(1);
    }
  }
}
