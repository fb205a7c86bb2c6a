package io.gardencell.server;

import io.gardencell.server.flag.Flag;
import io.gardencell.server.flag.Flag.Effect;
import io.gardencell.server.flag.Flags;
import io.gardencell.server.flag.ServerOptions;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Logs the flags that were given, one line each: those without effect as warnings. */
final class StartReport {

  private static final Logger log = LoggerFactory.getLogger(StartReport.class);
  private static final Set<String> BUILT_IN = Set.of("winc.exe", "groot.exe", "winc-network.exe");
  private static final Set<Flag<?>> PLUGINS =
      Set.of(
          Flags.RUNTIME_PLUGIN,
          Flags.IMAGE_PLUGIN,
          Flags.PRIVILEGED_IMAGE_PLUGIN,
          Flags.NETWORK_PLUGIN);

  private StartReport() {}

  static void log(ServerOptions options) {
    for (Flag<?> flag : options.given()) {
      Effect effect = effect(flag, options.shown(flag));
      if (effect == Effect.WORKS) {
        line(log.atInfo(), flag, options).log("flag given");
      } else {
        line(log.atWarn(), flag, options)
            .addKeyValue("reason", flag.help())
            .log(effect == Effect.INERT ? "flag has no effect" : "flag has no effect yet");
      }
    }
  }

  private static LoggingEventBuilder line(
      LoggingEventBuilder line, Flag<?> flag, ServerOptions options) {
    return line.addKeyValue("flag", "--" + flag.name()).addKeyValue("value", options.shown(flag));
  }

  /** A plugin flag that names the reference's program means the one built in. */
  private static Effect effect(Flag<?> flag, String value) {
    String file = value.substring(1 + Math.max(value.lastIndexOf('/'), value.lastIndexOf('\\')));
    return PLUGINS.contains(flag) && BUILT_IN.contains(file) ? Effect.WORKS : flag.effect();
  }
}
