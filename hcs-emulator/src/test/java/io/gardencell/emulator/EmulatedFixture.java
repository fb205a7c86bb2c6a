package io.gardencell.emulator;

import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.HostOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** The emulated host in a directory of its own, with the programs of a POSIX system. */
final class EmulatedFixture implements HostFixture {

  private final Path directory;
  private Host host;

  EmulatedFixture() {
    try {
      directory = Files.createTempDirectory("emulated").toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    host = start();
  }

  private Host start() {
    return new EmulatedHostProvider().open(new HostOptions(directory.resolve("data")));
  }

  @Override
  public Host host() {
    return host;
  }

  @Override
  public Host reopen() {
    host.close();
    host = start();
    return host;
  }

  @Override
  public Path directory() {
    return directory;
  }

  @Override
  public Path baseLayer() {
    try {
      Path layer = directory.resolve("base");
      Files.createDirectories(layer.resolve("Files/Windows"));
      Files.writeString(layer.resolve("Files/marker.txt"), "base");
      return layer;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String exits(int code) {
    return "sh -c \"exit " + code + "\"";
  }

  @Override
  public String runsForever() {
    return "sleep 3600";
  }

  @Override
  public String echoes() {
    return "cat";
  }

  @Override
  public String writesZeros(long count) {
    return "head -c " + count + " /dev/zero";
  }

  @Override
  public String writes(String stdout, String stderr) {
    return "sh -c \"echo " + stdout + "; echo " + stderr + " >&2\"";
  }

  @Override
  public String printsVariable(String name) {
    return "sh -c \"printf '%s\\n' \\\"${" + name + "-(unset)}\\\"\"";
  }

  @Override
  public String printsArguments() {
    return "printf [%s]\\n";
  }

  @Override
  public Optional<Path> contents(String volume) {
    Path mountPoint = directory.resolve("contents-" + UUID.randomUUID());
    try {
      host.volumes().mount(Files.createDirectory(mountPoint), volume);
      return Optional.of(mountPoint.toRealPath());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean showsLayers() {
    return true;
  }

  @Override
  public void close() {
    host.close();
    try {
      StateDirectory.removeTree(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
