package io.gardencell.server.flag;

import static io.gardencell.server.flag.Flag.Effect.INERT;
import static io.gardencell.server.flag.Flag.Effect.NOT_YET;
import static io.gardencell.server.flag.Flag.Effect.WORKS;

import io.gardencell.api.IpAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Every flag of the daemon: the reference's whole table, so that its command lines keep working
 * (guardian: guardiancmd/command.go), and ours. {@code docs/flags.md} shows it.
 */
public final class Flags {

  private static final List<Flag<?>> ALL = new ArrayList<>();

  // Ours.
  public static final Flag<String> HOST =
      one("host", FlagType.TEXT, "", WORKS, "hcs (default on Windows) or emulated (elsewhere)");
  public static final Flag<Optional<Path>> DATA_DIR =
      maybe(
          "data-dir",
          FlagType.PATH,
          WORKS,
          "where all state lies; garden-data, on Windows C:\\var\\vcap\\data\\garden");
  public static final Flag<String> OUTPUT_OVERFLOW =
      one(
          "output-overflow",
          FlagType.choice("block", "drop"),
          "block",
          WORKS,
          "what happens to output nobody reads fast enough: the process waits, or it is dropped");
  public static final Flag<String> STDIN_ON_DISCONNECT =
      one(
          "stdin-on-disconnect",
          FlagType.choice("close", "keep"),
          "close",
          WORKS,
          "input of a process whose last client goes: ends, or waits for the next attach");
  public static final Flag<Duration> STOP_TIMEOUT =
      one(
          "stop-timeout",
          FlagType.DURATION,
          Duration.ofSeconds(10),
          WORKS,
          "how long requests in flight may take when the daemon is told to end");

  public static final Flag<Optional<Path>> NETWORK_CONFIG =
      maybe(
          "network-config",
          FlagType.FILE,
          WORKS,
          "the network plugin's configuration, as winc-network takes it by --configFile");

  // Listening and logs.
  public static final Flag<String> LOG_LEVEL =
      one(
          "log-level",
          FlagType.choice("debug", "info", "error", "fatal"),
          "info",
          WORKS,
          "least severity that is logged");
  public static final Flag<Optional<String>> LOG_FORMAT =
      maybe(
          "log-format",
          FlagType.choice("text", "json"),
          WORKS,
          "lines for people, or the reference's JSON (default on Windows)");
  public static final Flag<String> TIME_FORMAT =
      one(
          "time-format",
          FlagType.choice("unix-epoch", "rfc3339"),
          "rfc3339",
          WORKS,
          "times of JSON log lines; unix-epoch comes with log_level, a number, instead of level");
  public static final Flag<Optional<IpAddress>> BIND_IP =
      maybe("bind-ip", FlagType.IP, WORKS, "address to listen on; 127.0.0.1 without a socket");
  public static final Flag<Integer> BIND_PORT =
      one("bind-port", FlagType.U16, 7777, WORKS, "port to listen on; 0 takes a free one");
  public static final Flag<Optional<Path>> BIND_SOCKET =
      maybe("bind-socket", FlagType.PATH, WORKS, "unix socket, if no --bind-ip is given");
  public static final Flag<Optional<IpAddress>> DEBUG_BIND_IP =
      maybe("debug-bind-ip", FlagType.IP, WORKS, "address of the debug server; without, none");
  public static final Flag<Integer> DEBUG_BIND_PORT =
      one("debug-bind-port", FlagType.U16, 17013, WORKS, "port of the debug server");
  public static final Flag<Duration> READ_HEADER_TIMEOUT =
      one(
          "read-header-timeout",
          FlagType.DURATION,
          Duration.ofSeconds(30),
          WORKS,
          "bound for a complete request header; 0 for none");

  // Containers.
  public static final Flag<Optional<Path>> DEPOT =
      maybe(
          "depot", FlagType.PATH, WORKS, "existing directory of the bundles; else data-dir/depot");
  public static final Flag<String> DEFAULT_ROOTFS =
      one("default-rootfs", FlagType.TEXT, "", WORKS, "image URI of containers that name none");
  public static final Flag<Duration> DEFAULT_GRACE_TIME =
      one(
          "default-grace-time",
          FlagType.DURATION,
          Duration.ZERO,
          WORKS,
          "grace time of containers that name none; 0 is for ever");
  public static final Flag<Boolean> DESTROY_ON_STARTUP =
      yesNo("destroy-containers-on-startup", WORKS, "begin with no container");
  public static final Flag<Long> MAX_CONTAINERS =
      one("max-containers", FlagType.U64, 0L, WORKS, "most containers; 0 for no limit");
  public static final Flag<Boolean> DISABLE_PRIVILEGED =
      yesNo("disable-privileged-containers", WORKS, "refuse to make privileged containers");
  public static final Flag<Optional<Path>> INIT_BIN =
      maybe(
          "init-bin",
          FlagType.FILE,
          WORKS,
          "init program of containers; the emulated host has one of its own");
  public static final Flag<Optional<IpAddress>> EXTERNAL_IP =
      maybe("external-ip", FlagType.IP, WORKS, "address of the cell; found out if not given");
  public static final Flag<Optional<Double>> CPU_ENTITLEMENT =
      maybe(
          "cpu-entitlement-per-share",
          FlagType.DECIMAL,
          WORKS,
          "percent of a processor for each share; cores x 100 / MiB of memory if not given");

  // Plugins.
  public static final Flag<String> RUNTIME_PLUGIN =
      one(
          "runtime-plugin",
          FlagType.TEXT,
          "",
          NOT_YET,
          "winc.exe is built in; other programs are not there yet");
  public static final Flag<List<String>> RUNTIME_PLUGIN_ARGS =
      list(
          "runtime-plugin-extra-arg",
          FlagType.TEXT,
          WORKS,
          "--root DIR, --mount-root DIR, --credential-spec FILE, --config-file FILE");
  public static final Flag<Optional<Path>> IMAGE_PLUGIN = plugin("image-plugin", "groot.exe");
  public static final Flag<List<String>> IMAGE_PLUGIN_ARGS =
      list("image-plugin-extra-arg", FlagType.TEXT, WORKS, "--driver-store DIR, --config FILE");
  public static final Flag<Optional<Path>> PRIVILEGED_IMAGE_PLUGIN =
      plugin("privileged-image-plugin", "groot.exe");
  public static final Flag<List<String>> PRIVILEGED_IMAGE_PLUGIN_ARGS =
      list("privileged-image-plugin-extra-arg", FlagType.TEXT, NOT_YET, "arguments for that one");
  public static final Flag<Optional<Path>> NETWORK_PLUGIN =
      plugin("network-plugin", "winc-network.exe");
  public static final Flag<List<String>> NETWORK_PLUGIN_ARGS =
      list("network-plugin-extra-arg", FlagType.TEXT, WORKS, "--configFile FILE");

  // Metrics.
  public static final Flag<Duration> METRICS_INTERVAL =
      one(
          "metrics-emission-interval",
          FlagType.DURATION,
          Duration.ofMinutes(1),
          NOT_YET,
          "how often figures are emitted");
  public static final Flag<String> DROPSONDE_ORIGIN =
      one("dropsonde-origin", FlagType.TEXT, "garden-linux", NOT_YET, "origin of emitted figures");
  public static final Flag<String> DROPSONDE_DESTINATION =
      one(
          "dropsonde-destination",
          FlagType.HOST_PORT,
          "127.0.0.1:3457",
          NOT_YET,
          "agent that figures are sent to");

  // Without effect, but checked together as the reference does.
  public static final Flag<Optional<Long>> PORT_POOL_START =
      maybe("port-pool-start", FlagType.U32, INERT, "the network plugin has its own pool");
  public static final Flag<Optional<Long>> PORT_POOL_SIZE =
      maybe("port-pool-size", FlagType.U32, INERT, "the network plugin has its own pool");

  static {
    inert("properties-path", FlagType.PATH, "properties are kept with each container");
    inert("port-pool-properties-path", FlagType.PATH, "ports are kept by the network plugin");
    inert("nstar-bin", FlagType.FILE, "tar streams are unpacked by the daemon itself");
    inert("tar-bin", FlagType.FILE, "tar streams are unpacked by the daemon itself");
    inertSwitch("skip-setup", "there is nothing to set up");
    inertSwitch("cleanup-process-dirs-on-wait", "they are always removed");
    inert("console-sockets-path", FlagType.PATH, "Linux only");
    inert("tag", FlagType.TEXT, "Linux only");
    inertList("device-cgroup-rule", FlagType.DEVICE_RULE, "Linux only");
    inert("uid-map-start", FlagType.U32, "Linux only");
    inert("uid-map-length", FlagType.U32, "Linux only");
    inert("gid-map-start", FlagType.U32, "Linux only");
    inert("gid-map-length", FlagType.U32, "Linux only");
    inert("apparmor", FlagType.TEXT, "Linux only");
    inertSwitch("no-new-privileges", "Linux only");
    inert("assets-dir", FlagType.PATH, "Linux only");
    inert("dadoo-bin", FlagType.FILE, "Linux only");
    inert("iptables-bin", FlagType.FILE, "Linux only");
    inert("iptables-restore-bin", FlagType.FILE, "Linux only");
    inertSwitch("no-image-plugin", "the image plugin is built in");
    inert("docker-registry", FlagType.TEXT, "the image URI names the registry");
    inertList("insecure-docker-registry", FlagType.TEXT, "the image plugin has its own list");
    inert("network-pool", FlagType.CIDR, "the network plugin has its own subnet");
    inertSwitch("allow-host-access", "Linux only");
    inertList("deny-network", FlagType.CIDR, "Linux only");
    inertList("dns-server", FlagType.IP, "the network plugin has its own list");
    inertList("additional-dns-server", FlagType.IP, "the network plugin has its own list");
    inertList("additional-host-entry", FlagType.TEXT, "Linux only");
    inert("mtu", FlagType.INTEGER, "the network plugin has its own");
    inertSwitch("enable-container-network-metrics", "they are always there");
    inert("cpu-quota-per-share", FlagType.U64, "Linux only");
    inert("default-container-blockio-weight", FlagType.U16, "Linux only");
    inert("container-io-max-read-bps", FlagType.U64, "Linux only");
    inert("container-io-max-write-bps", FlagType.U64, "Linux only");
    inert("container-io-max-read-iops", FlagType.U64, "Linux only");
    inert("container-io-max-write-iops", FlagType.U64, "Linux only");
    inertSwitch("disable-swap-limit", "Linux only");
    inertSwitch("use-containerd-for-processes", "Linux only");
    inertSwitch("enable-cpu-throttling", "Linux only");
    inert("cpu-throttling-check-interval", FlagType.U32, "Linux only");
    inert("tcp-keepalive-time", FlagType.U32, "Linux only");
    inert("tcp-keepalive-interval", FlagType.U32, "Linux only");
    inert("tcp-keepalive-probes", FlagType.U32, "Linux only");
    inert("tcp-retries1", FlagType.U32, "Linux only");
    inert("tcp-retries2", FlagType.U32, "Linux only");
    refused("containerd-socket", "containerd is not there on Windows");
  }

  private Flags() {}

  /** All flags, ours first. */
  public static List<Flag<?>> all() {
    return List.copyOf(ALL);
  }

  private static <T> Flag<T> keep(Flag<T> flag) {
    ALL.add(flag);
    return flag;
  }

  private static <T> Flag<T> one(
      String name, FlagType<T> type, T initial, Flag.Effect effect, String help) {
    return keep(Flag.of(name, type, initial, effect, help));
  }

  private static <T> Flag<Optional<T>> maybe(
      String name, FlagType<T> type, Flag.Effect effect, String help) {
    FlagType<Optional<T>> optional =
        new FlagType<>(type.expected(), text -> Optional.of(type.one().apply(text)));
    return one(name, optional, Optional.empty(), effect, help);
  }

  private static <T> Flag<List<T>> list(
      String name, FlagType<T> type, Flag.Effect effect, String help) {
    return keep(Flag.ofList(name, type, effect, help));
  }

  private static Flag<Optional<Path>> plugin(String name, String builtIn) {
    return maybe(
        name, FlagType.FILE, NOT_YET, builtIn + " is built in; other programs are not there yet");
  }

  private static Flag<Boolean> yesNo(String name, Flag.Effect effect, String help) {
    return keep(Flag.ofSwitch(name, effect, help));
  }

  private static <T> void inert(String name, FlagType<T> type, String why) {
    var unused = maybe(name, type, INERT, why);
  }

  private static void inertSwitch(String name, String why) {
    var unused = yesNo(name, INERT, why);
  }

  private static <T> void inertList(String name, FlagType<T> type, String why) {
    var unused = list(name, type, INERT, why);
  }

  private static void refused(String name, String why) {
    FlagType<String> none =
        new FlagType<>(
            "no such flag: " + why,
            text -> {
              throw new IllegalArgumentException(text);
            });
    var unused = maybe(name, none, INERT, why + "; refused");
  }
}
