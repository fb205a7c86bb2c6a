package io.gardencell.emulator.volume;

import io.gardencell.emulator.state.Failures;
import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.ScratchLayers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Scratch layers: a record in the layer's folder and a volume directory. Any thread. */
final class EmulatedScratchLayers implements ScratchLayers {

  private static final int NOT_READY = 0x15;
  private static final String FILE = "sandbox.json";

  private final StateDirectory state;
  private final EmulatedQuota quota;
  private final TreeCopy copy;
  private final Predicate<String> inUse;

  record Sandbox(String guid, boolean activated, boolean prepared, boolean filled, long size) {

    Sandbox with(boolean nowActivated, boolean nowPrepared) {
      return new Sandbox(guid, nowActivated, nowPrepared, filled || nowPrepared, size);
    }
  }

  /**
   * Layers of a state directory.
   *
   * @param inUse whether a compute system uses the volume of this name
   */
  EmulatedScratchLayers(
      StateDirectory state, EmulatedQuota quota, TreeCopy copy, Predicate<String> inUse) {
    this.state = state;
    this.quota = quota;
    this.copy = copy;
    this.inUse = inUse;
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
    LayerChain.check(parents, function);
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

  @Override
  public void activate(Path layer) {
    String function = "ActivateLayer";
    change(
        layer,
        function,
        HcsErrors.FILE_NOT_FOUND,
        sandbox -> {
          require(!sandbox.activated(), function, layer, HcsErrors.SHARING_VIOLATION);
          return sandbox.with(true, false);
        });
  }

  private void change(Path layer, String function, int absent, UnaryOperator<Sandbox> change) {
    state.change(
        () -> {
          state.write(layer.resolve(FILE), change.apply(get(layer, function, absent)));
        });
  }

  /** Fills the volume where nobody sees it, so that there is never half a volume. */
  @Override
  public void prepare(Path layer, List<Path> parents) {
    String function = "PrepareLayer";
    Sandbox sandbox = checkActivated(layer, get(layer, function, NOT_READY), function);
    LayerChain.check(parents, function);
    Path filling = state.volumes().resolve(sandbox.guid() + ".filling-" + UUID.randomUUID());
    try {
      if (sandbox.filled()) {
        change(
            layer,
            function,
            NOT_READY,
            now -> checkActivated(layer, now, function).with(true, true));
        return;
      }
      TreeCopy.Weight weight = fill(filling, parents);
      change(
          layer,
          function,
          NOT_READY,
          now -> {
            checkActivated(layer, now, function);
            quota.baseline(volume(now), weight);
            show(filling, volume(now), function);
            return now.with(true, true);
          });
    } catch (IOException e) {
      discard(filling, e);
      throw Failures.of(function, layer.toString(), e);
    } catch (HcsException e) {
      discard(filling, e);
      throw e;
    }
  }

  private static Sandbox checkActivated(Path layer, Sandbox sandbox, String function) {
    require(sandbox.activated(), function, layer, NOT_READY);
    require(!sandbox.prepared(), function, layer, HcsErrors.ALREADY_EXISTS);
    return sandbox;
  }

  private TreeCopy.Weight fill(Path volume, List<Path> parents) throws IOException {
    Files.createDirectory(volume);
    long bytes = 0;
    long largest = 0;
    List<Path> trees = LayerChain.trees(parents);
    for (Path tree : trees) {
      TreeCopy.Weight weight = copy.over(tree, volume, TreeCopy.Way.COPY);
      bytes += weight.bytes();
      largest = Math.max(largest, weight.largest());
    }
    // Of several trees one may have replaced what another brought.
    return new TreeCopy.Weight(trees.size() > 1 ? EmulatedQuota.walk(volume) : bytes, largest);
  }

  private static void show(Path filling, Path volume, String function) {
    try {
      StateDirectory.removeTree(volume);
      Files.move(filling, volume, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw Failures.of(function, volume.toString(), e);
    }
  }

  private static void discard(Path volume, Exception cause) {
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
    change(
        layer,
        function,
        HcsErrors.NOT_FOUND,
        sandbox -> {
          require(sandbox.prepared(), function, layer, HcsErrors.NOT_FOUND);
          String name = EmulatedVolumes.name(sandbox.guid());
          require(!inUse.test(name), function, layer, HcsErrors.SHARING_VIOLATION);
          return sandbox.with(true, false);
        });
  }

  @Override
  public void deactivate(Path layer) {
    String function = "DeactivateLayer";
    change(
        layer,
        function,
        HcsErrors.NOT_FOUND,
        sandbox -> {
          require(sandbox.activated(), function, layer, HcsErrors.NOT_FOUND);
          require(!sandbox.prepared(), function, layer, HcsErrors.SHARING_VIOLATION);
          return sandbox.with(false, false);
        });
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
    require(bytes > 0, function, layer, HcsErrors.INVALID_PARAMETER);
    change(
        layer,
        function,
        HcsErrors.NOT_FOUND,
        s ->
            new Sandbox(
                s.guid(), s.activated(), s.prepared(), s.filled(), Math.max(bytes, s.size())));
  }
}
