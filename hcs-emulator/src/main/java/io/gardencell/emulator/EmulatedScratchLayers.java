package io.gardencell.emulator;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.ScratchLayers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Scratch layers: a record in the layer's folder and a volume directory. Any thread. */
final class EmulatedScratchLayers implements ScratchLayers {

  private static final int NOT_READY = 0x15;
  private static final String FILE = "sandbox.json";

  private final StateDirectory state;
  private final EmulatedQuota quota;
  private final LayerMerge merge;
  private final EmulatedCompute compute;

  record Sandbox(String guid, boolean activated, boolean prepared, boolean filled, long size) {

    Sandbox with(boolean nowActivated, boolean nowPrepared) {
      return new Sandbox(guid, nowActivated, nowPrepared, filled || nowPrepared, size);
    }
  }

  EmulatedScratchLayers(
      StateDirectory state, EmulatedQuota quota, LayerMerge merge, EmulatedCompute compute) {
    this.state = state;
    this.quota = quota;
    this.merge = merge;
    this.compute = compute;
  }

  private Optional<Sandbox> find(Path layer) {
    return state.read(layer.resolve(FILE), Sandbox.class);
  }

  private Sandbox get(Path layer, String function, int absent) {
    if (!Files.isDirectory(layer)) {
      throw new HcsException(function, layer.toString(), HcsErrors.PATH_NOT_FOUND);
    }
    return find(layer).orElseThrow(() -> new HcsException(function, layer.toString(), absent));
  }

  private static void require(boolean holds, String function, Path layer, int code) {
    if (!holds) {
      throw new HcsException(function, layer.toString(), code);
    }
  }

  private Path volume(Sandbox sandbox) {
    return state.volumes().resolve(sandbox.guid());
  }

  @Override
  public boolean exists(Path layer) {
    return Files.exists(layer.resolve(FILE)) || Files.isDirectory(layer.resolve("Files"));
  }

  @Override
  public void create(Path layer, List<Path> parents) {
    String function = "CreateSandboxLayer";
    require(!parents.isEmpty(), function, layer, HcsErrors.INVALID_PARAMETER);
    require(
        !Files.exists(layer, LinkOption.NOFOLLOW_LINKS), function, layer, HcsErrors.ALREADY_EXISTS);
    checkParents(parents, function);
    try {
      Path parent = layer.getParent();
      require(
          parent != null && Files.isDirectory(parent), function, layer, HcsErrors.PATH_NOT_FOUND);
      Files.createDirectory(layer);
      state.write(
          layer.resolve(FILE), new Sandbox(UUID.randomUUID().toString(), false, false, false, 0));
    } catch (IOException e) {
      throw Failures.of(function, layer.toString(), e);
    }
  }

  private static void checkParents(List<Path> parents, String function) {
    for (Path parent : parents) {
      require(Files.isDirectory(parent), function, parent, HcsErrors.PATH_NOT_FOUND);
    }
  }

  @Override
  public void activate(Path layer) {
    String function = "ActivateLayer";
    Sandbox sandbox = get(layer, function, HcsErrors.FILE_NOT_FOUND);
    require(!sandbox.activated(), function, layer, HcsErrors.SHARING_VIOLATION);
    state.write(layer.resolve(FILE), sandbox.with(true, false));
  }

  @Override
  public void prepare(Path layer, List<Path> parents) {
    String function = "PrepareLayer";
    Sandbox sandbox = get(layer, function, NOT_READY);
    require(sandbox.activated(), function, layer, NOT_READY);
    require(!sandbox.prepared(), function, layer, HcsErrors.ALREADY_EXISTS);
    checkParents(parents, function);
    if (!sandbox.filled()) {
      Path volume = volume(sandbox);
      try {
        StateDirectory.removeTree(volume);
        Files.createDirectories(volume);
        for (int i = parents.size() - 1; i >= 0; i--) {
          Path files = parents.get(i).resolve("Files");
          if (Files.isDirectory(files, LinkOption.NOFOLLOW_LINKS)) {
            merge.into(volume, files);
          }
        }
        quota.baseline(volume);
      } catch (IOException e) {
        discard(volume, e);
        throw Failures.of(function, layer.toString(), e);
      }
    }
    state.write(layer.resolve(FILE), sandbox.with(true, true));
  }

  private static void discard(Path volume, IOException cause) {
    try {
      StateDirectory.removeTree(volume);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  @Override
  public Optional<String> mountPath(Path layer) {
    return find(layer).filter(Sandbox::prepared).map(s -> EmulatedVolumes.name(s.guid()));
  }

  @Override
  public void unprepare(Path layer) {
    String function = "UnprepareLayer";
    Sandbox sandbox = get(layer, function, HcsErrors.NOT_FOUND);
    require(sandbox.prepared(), function, layer, HcsErrors.NOT_FOUND);
    String name = EmulatedVolumes.name(sandbox.guid());
    require(
        compute.systems().stream()
            .map(s -> s.document().volumePath())
            .noneMatch(v -> v.equals(name) || (v + "\\").equals(name)),
        function,
        layer,
        HcsErrors.SHARING_VIOLATION);
    state.write(layer.resolve(FILE), sandbox.with(true, false));
  }

  @Override
  public void deactivate(Path layer) {
    String function = "DeactivateLayer";
    Sandbox sandbox = get(layer, function, HcsErrors.NOT_FOUND);
    require(sandbox.activated(), function, layer, HcsErrors.NOT_FOUND);
    require(!sandbox.prepared(), function, layer, HcsErrors.SHARING_VIOLATION);
    state.write(layer.resolve(FILE), sandbox.with(false, false));
  }

  @Override
  public void destroy(Path layer) {
    String function = "DestroyLayer";
    require(Files.isDirectory(layer), function, layer, HcsErrors.PATH_NOT_FOUND);
    try {
      Optional<Sandbox> sandbox = find(layer);
      if (sandbox.isPresent()) {
        require(
            !sandbox.get().activated() && !sandbox.get().prepared(),
            function,
            layer,
            HcsErrors.SHARING_VIOLATION);
        StateDirectory.removeTree(volume(sandbox.get()));
        quota.forget(volume(sandbox.get()));
      }
      StateDirectory.removeTree(layer);
    } catch (IOException e) {
      throw Failures.of(function, layer.toString(), e);
    }
  }

  @Override
  public void expand(Path layer, long bytes) {
    String function = "ExpandSandboxSize";
    Sandbox s = get(layer, function, HcsErrors.NOT_FOUND);
    require(bytes > 0, function, layer, HcsErrors.INVALID_PARAMETER);
    state.write(
        layer.resolve(FILE),
        new Sandbox(s.guid(), s.activated(), s.prepared(), s.filled(), Math.max(bytes, s.size())));
  }
}
