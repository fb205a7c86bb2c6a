package io.gardencell.runtime.command;

import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

/** What is around a command in a test: streams in memory, and a host that is given. */
final class FakeSurroundings {

  final ByteArrayOutputStream out = new ByteArrayOutputStream();
  final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** What an interrupt would do, once for each attached process. */
  final BlockingQueue<Runnable> interrupts = new LinkedBlockingQueue<>();

  /** What {@code --log-handle} may name. */
  final Map<Long, OutputStream> handles = new HashMap<>();

  private final Supplier<Host> host;
  private final Path directory;
  InputStream stdin = InputStream.nullInputStream();
  Map<String, String> env = Map.of();

  FakeSurroundings(Supplier<Host> host, Path directory) {
    this.host = host;
    this.directory = directory;
  }

  /** Runs a command; what it printed stands in {@code out} and {@code err}. */
  int run(String... args) {
    return run(directory, args);
  }

  /** Runs a command, if any, on the state directory {@code state}. */
  int winc(String... args) {
    List<String> all = new ArrayList<>();
    if (args.length > 0) {
      all.addAll(List.of("--root", directory.resolve("state").toString()));
      all.addAll(List.of(args));
    }
    return run(all.toArray(String[]::new));
  }

  int run(Path workingDirectory, String... args) {
    out.reset();
    err.reset();
    return new WincCommand(
            new Surroundings(
                stdin,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                env,
                workingDirectory,
                name -> new Provider(),
                action -> {
                  interrupts.add(action);
                  return () -> {};
                }))
        .run(args);
  }

  void stdin(byte[] bytes) {
    stdin = new ByteArrayInputStream(bytes);
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private final class Provider implements HostProvider {

    @Override
    public String name() {
      return "fake";
    }

    @Override
    public boolean isDefaultHere() {
      return true;
    }

    @Override
    public OutputStream openHandle(long handle) {
      OutputStream inherited = handles.get(handle);
      return inherited == null ? HostProvider.super.openHandle(handle) : inherited;
    }

    @Override
    public Host open(HostOptions options) {
      return host.get();
    }
  }
}
