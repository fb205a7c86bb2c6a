package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.http.EnvironmentProxy;
import io.gardencell.api.oci.OciWindows;
import io.gardencell.api.spi.DiskUsage;
import io.gardencell.api.spi.ImagePlugin;
import io.gardencell.api.spi.ImageRequest;
import io.gardencell.api.spi.RootFilesystem;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.image.source.BuiltInBase;
import io.gardencell.image.source.ImageDescription;
import io.gardencell.image.source.ImageSource;
import io.gardencell.image.source.LayerInfo;
import io.gardencell.image.source.Platform;
import io.gardencell.image.trace.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The image plugin in process (Source: groot: groot.go; guardian: imageplugin/). Any thread; calls
 * block.
 */
public final class GrootImage implements ImagePlugin {

  private static final String REFERENCES_CREATE_LOCK =
      "C:\\var\\vcap\\data\\groot-windows\\create.lock";

  private final Host host;
  private final ImageConfig config;
  private final Trace.Receiver receiver;
  private final boolean builtInBase;
  private final DriverStore store;
  private final LayerStore layers;
  private final VolumeStore volumes;
  private final Pins pins;
  private final ImageSources sources;
  private final KeptImages kept;
  private final AtomicBoolean swept = new AtomicBoolean();

  /** A plugin on this host; the store is made when it is first needed. */
  public GrootImage(Host host, ImageConfig config) {
    this(host, config, Trace.FOR_DEBUGGING, !host.name().equals("hcs"));
  }

  /**
   * A plugin.
   *
   * @param receiver is told what each operation does
   * @param builtInBase whether a request without an image gets the built-in one
   */
  public GrootImage(Host host, ImageConfig config, Trace.Receiver receiver, boolean builtInBase) {
    EnvironmentProxy.allowPasswords();
    this.builtInBase = builtInBase;
    this.host = host;
    this.config = config;
    this.receiver = receiver;
    boolean windows = isWindows();
    String createLock =
        config.createLock().isEmpty() && windows ? REFERENCES_CREATE_LOCK : config.createLock();
    this.store = DriverStore.of(config);
    this.layers = new LayerStore(host, store, config.limits());
    this.volumes = new VolumeStore(host, store, createLock);
    this.pins = new Pins(store);
    this.kept = new KeptImages(store, config.pinnedImages());
    this.sources = new ImageSources(windows, platform(), config.insecureRegistries());
  }

  /**
   * Refuses what is no URI at all; all else is found out when the image is pulled.
   *
   * @throws GardenException naming the escape that is none
   */
  public static void checkUri(String uri) {
    ImageSources.checkEscapes(uri);
  }

  private boolean isWindows() {
    return host.name().equals("hcs");
  }

  /** Of the host's own build unless another was named; any, where layers are only directories. */
  private Platform platform() {
    int build = config.hostBuild() == 0 ? host.build() : config.hostBuild();
    return new Platform(build, !isWindows());
  }

  @Override
  public RootFilesystem create(ImageRequest request) {
    Handle handle = Handle.parse(request.handle());
    Trace trace = Trace.of(receiver).session("create");
    boolean counted = request.diskLimit() > 0 && !request.excludeImageFromQuota();
    ImageSource source = source(request.uri(), request.username(), request.password());
    RootFilesystem made;
    try (Image image =
        pull(request.uri(), source, request.diskLimit(), counted, Progress.NONE, trace)) {
      long quota = request.diskLimit() - (counted ? image.pulled().size() : 0);
      if (counted && quota <= 0) {
        throw GardenException.failure(
            "disk limit %d must be larger than image size %d"
                .formatted(request.diskLimit(), image.pulled().size()));
      }
      made = mount(handle, image.pulled(), quota, trace);
    }
    if (config.cleaning().onCreate()) {
      collectGarbage(config.cleaning().thresholdBytes());
    }
    return made;
  }

  private RootFilesystem mount(Handle handle, ImagePull.Pulled pulled, long quota, Trace trace) {
    List<Path> folders = layers.newestFirst(pulled.chainIds());
    try (StoreLocks.Held lock = store.lockHandle(handle)) {
      String root =
          volumes.create(
              handle.value(),
              folders,
              quota,
              new VolumeMetadata(pulled.size(), pulled.chainIds(), null),
              trace);
      List<String> names = folders.stream().map(Path::toString).toList();
      return new RootFilesystem(root, pulled.env(), List.of(), new OciWindows(names, null, null));
    }
  }

  /**
   * Pulls an image without making a volume.
   *
   * @param username empty for none
   * @param password empty for none; never logged
   */
  public void pull(String uri, String username, String password) {
    pull(uri, username, password, Progress.NONE);
  }

  /** The same, telling how far it is. */
  public void pull(String uri, String username, String password, Progress progress) {
    ImageSource source = source(uri, username, password);
    pull(uri, source, 0, false, progress, Trace.of(receiver).session("pull")).close();
  }

  /** A pulled image, whose layers are safe from garbage collection until it is closed. */
  private record Image(ImagePull.Pulled pulled, Pins.Pin pin) implements AutoCloseable {
    @Override
    public void close() {
      pin.close();
    }
  }

  private Image pull(
      String uri, ImageSource source, long limit, boolean counted, Progress progress, Trace outer) {
    if (swept.compareAndSet(false, true)) {
      pins.sweep(); // what processes left that were killed
    }
    try (Trace.Step step = outer.step("image-pulling")) {
      return prefixed(
          () -> {
            ImageDescription image = ImagePull.describe(source, step.trace());
            ImagePull.checkSizes(image, counted ? limit : -1, step.trace());
            List<String> chainIds = image.layers().stream().map(LayerInfo::chainId).toList();
            Pins.Pin pin = pins.pin(chainIds);
            boolean done = false;
            try {
              ImagePull pull =
                  new ImagePull(store, layers, source, progress, pin.directory(), step.trace());
              Image pulled = new Image(pull.run(image, counted ? limit : -1), pin);
              kept.pulled(uri, chainIds);
              done = true;
              return pulled;
            } finally {
              if (!done) {
                pin.close();
              }
            }
          });
    }
  }

  private static <T> T prefixed(Supplier<T> pull) {
    try {
      return pull.get();
    } catch (GardenException e) {
      throw GardenException.failure("pulling image: " + e.getMessage(), e);
    }
  }

  private ImageSource source(String uri, String username, String password) {
    String wanted = uri.isEmpty() ? config.defaultRootfs() : uri;
    if (wanted.isEmpty() && builtInBase) {
      return new BuiltInBase();
    }
    return sources.of(wanted, username, password);
  }

  @Override
  public void delete(String handle) {
    Handle valid = Handle.parse(handle);
    Trace trace = Trace.of(receiver).session("delete");
    try (StoreLocks.Held lock = store.lockHandle(valid);
        Trace.Step step = trace.between("delete-start", "delete-finished")) {
      volumes.delete(valid.value(), trace);
    }
  }

  @Override
  public DiskUsage usage(String handle) {
    String valid = Handle.parse(handle).value();
    Trace trace = Trace.of(receiver).session("stats");
    try (Trace.Step step = trace.between("stats-start", "stats-finished")) {
      String name = volumes.name(valid);
      try {
        return usage(name, () -> VolumeMetadata.read(store.volume(valid)));
      } catch (HcsException e) {
        throw GardenException.failure("error getting quota: " + e.getMessage(), e);
      }
    }
  }

  /** The quota's own count; without one, what has been added since the volume was made. */
  private DiskUsage usage(String name, Supplier<VolumeMetadata> metadata) {
    Optional<Long> counted = host.quota().used(name);
    VolumeMetadata about = metadata.get();
    Long baseline = about.baselineUsed();
    long used = counted.orElse(0L);
    if (counted.isEmpty() && baseline != null) {
      used = Math.max(0, host.quota().measure(name) - baseline);
    }
    return new DiskUsage(about.size() + used, used);
  }

  @Override
  public OptionalLong capacity() {
    try {
      Files.createDirectories(store.root());
      return OptionalLong.of(Files.getFileStore(store.root()).getTotalSpace());
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public Set<String> handles() {
    return DriverStore.names(store.volumes());
  }

  /** Chain ids of the complete layers. */
  public List<String> layers() {
    return DriverStore.names(store.layers()).stream()
        .filter(id -> layers.find(id).isPresent())
        .toList();
  }

  /** Size of a complete layer. */
  public OptionalLong layerSize(String chainId) {
    return layers.find(chainId);
  }

  /** Handles of volumes that were made to their end. */
  public Set<String> wholeVolumes() {
    Set<String> whole = new TreeSet<>(handles());
    whole.removeIf(name -> !VolumeMetadata.exists(store.volume(name)));
    return whole;
  }

  /**
   * Removes what interrupted operations left, and the oldest unused layers until no more than the
   * threshold is left; returns the layers removed.
   */
  public List<String> collectGarbage(long thresholdBytes) {
    return new GarbageCollection(store, layers, volumes, pins, kept).run(thresholdBytes);
  }
}
