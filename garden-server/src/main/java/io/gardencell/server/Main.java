package io.gardencell.server;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.HcsException;
import io.gardencell.server.flag.Flags;
import io.gardencell.server.flag.FlagsRefused;
import io.gardencell.server.flag.ServerOptions;
import io.gardencell.server.log.LogOutput;
import io.gardencell.server.log.TimeFormat;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the daemon: {@code [server|cleanup|setup] [flags]}. Ends cleanly and in bounded time when
 * the process is told to end (Ctrl-C, SIGTERM, a service stop); containers live on.
 */
public final class Main {

  private static final Logger log = LoggerFactory.getLogger(Main.class);

  private Main() {}

  /** Runs until the process is told to end; exit code 1 when it cannot start. */
  public static void main(String[] args) {
    run(List.of(args), System.out, System.err).ifPresent(System::exit);
  }

  /** The exit code, or empty if the daemon serves now. */
  static OptionalInt run(List<String> arguments, PrintStream out, PrintStream err) {
    try {
      ServerOptions.Asked asked = ServerOptions.ask(arguments);
      if (asked instanceof ServerOptions.Asked.Help help) {
        out.print(help.usage());
      } else if (asked instanceof ServerOptions.Asked.Version) {
        String version = Main.class.getPackage().getImplementationVersion();
        out.println(version == null ? "dev" : version);
      } else if (asked instanceof ServerOptions.Asked.Command command) {
        return run(command);
      }
      return OptionalInt.of(0);
    } catch (FlagsRefused refused) {
      refused.complaints().forEach(complaint -> err.println("garden-server: " + complaint));
    } catch (IOException | GardenException | HcsException | IllegalArgumentException failure) {
      log.atDebug().setCause(failure).log("not started");
      err.println("garden-server: " + failure.getMessage());
    }
    return OptionalInt.of(1);
  }

  private static OptionalInt run(ServerOptions.Asked.Command command) throws IOException {
    ServerOptions options = command.options();
    LogOutput.start(
        LogOutput.Format.parse(
            options.get(Flags.LOG_FORMAT).orElse(ServerOptions.WINDOWS ? "json" : "text")),
        TimeFormat.parse(options.get(Flags.TIME_FORMAT)),
        options.get(Flags.LOG_LEVEL));
    StartReport.log(options);
    switch (command.name()) {
      case "setup" -> {
        return OptionalInt.of(0);
      }
      case "cleanup" -> {
        Daemon.cleanUp(options);
        return OptionalInt.of(0);
      }
      default -> {
        Shutdown.onEnd(Daemon.start(options), options.get(Flags.STOP_TIMEOUT));
        return OptionalInt.empty();
      }
    }
  }
}
