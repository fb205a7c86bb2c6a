package io.gardencell.image;

import io.gardencell.api.GardenException;
import io.gardencell.api.Handle;
import io.gardencell.api.oci.OciWindows;
import io.gardencell.api.spi.DiskUsage;
import io.gardencell.api.spi.ImagePlugin;
import io.gardencell.api.spi.ImageRequest;
import io.gardencell.api.spi.RootFilesystem;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.image.registry.ImageDescription;
import io.gardencell.image.registry.ImageSource;
import io.gardencell.image.registry.ImageSources;
import io.gardencell.image.registry.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The image plugin in process (Source: spec of groot-windows; guardian: imageplugin/). Any thread;
 * calls block.
 */
public final class GrootImage implements ImagePlugin {

  private static final Pattern BUILD = Pattern.compile("10\\.0\\.(\\d{5})");

  private final Host host;
  private final ImageConfig config;
  private final DriverStore store;
  private final LayerStore layers;
  private final VolumeStore volumes;
  private final Pins pins;
  private final ImageSources sources;

  /** A plugin on this host; the store is made when it is first needed. */
  public GrootImage(Host host, ImageConfig config) {
    this.host = host;
    this.config = config;
    this.store = DriverStore.of(config);
    this.layers = new LayerStore(host, store);
    this.volumes = new VolumeStore(host, store);
    this.pins = new Pins(store);
    boolean windows = isWindows();
    Matcher build = BUILD.matcher(host.description());
    int hostBuild =
        config.hostBuild() != 0 || !windows || !build.find()
            ? config.hostBuild()
            : Integer.parseInt(build.group(1));
    this.sources =
        new ImageSources(windows, new Platform(hostBuild, !windows), config.insecureRegistries());
  }

  private boolean isWindows() {
    return host.name().equals("hcs");
  }

  @Override
  public RootFilesystem create(ImageRequest request) {
    String handle = valid(request.handle());
    ImageSource source = source(request.uri(), request.username(), request.password());
    boolean counted = request.diskLimit() > 0 && !request.excludeImageFromQuota();
    ImageDescription image = pulling(() -> ImagePull.describe(source));
    List<String> chainIds = image.layers().stream().map(l -> l.chainId()).toList();
    try (StoreLock lock = store.lockHandle(key(handle));
        Pins.Pin pin = pins.pin(chainIds)) {
      ImagePull.Pulled pulled =
          pulling(
              () ->
                  new ImagePull(store, layers, source, text -> {})
                      .run(image, counted ? request.diskLimit() : -1));
      long quota = request.diskLimit() - (counted ? pulled.size() : 0);
      if (counted && quota <= 0) {
        throw GardenException.failure(
            "disk limit %d must be larger than image size %d"
                .formatted(request.diskLimit(), pulled.size()));
      }
      List<Path> folders = layers.newestFirst(pulled.chainIds());
      String root =
          volumes.create(handle, folders, quota, new VolumeMetadata(pulled.size(), chainIds, null));
      List<String> names = folders.stream().map(Path::toString).toList();
      return new RootFilesystem(root, pulled.env(), List.of(), new OciWindows(names, null, null));
    }
  }

  /**
   * Pulls an image without making a volume.
   *
   * @param progress told a line for each step
   */
  public void pull(String uri, String username, String password, Consumer<String> progress) {
    ImageSource source = source(uri, username, password);
    pulling(
        () -> {
          ImageDescription image = ImagePull.describe(source);
          List<String> chainIds = image.layers().stream().map(l -> l.chainId()).toList();
          try (Pins.Pin pin = pins.pin(chainIds)) {
            return new ImagePull(store, layers, source, progress).run(image, -1);
          }
        });
  }

  private static <T> T pulling(java.util.function.Supplier<T> work) {
    try {
      return work.get();
    } catch (GardenException e) {
      throw GardenException.failure("pulling image: " + e.getMessage(), e);
    }
  }

  private ImageSource source(String uri, String username, String password) {
    String wanted = uri.isEmpty() ? config.defaultRootfs() : uri;
    if (wanted.isEmpty() && !isWindows()) {
      return sources.builtIn();
    }
    return sources.of(wanted, username, password);
  }

  @Override
  public void delete(String handle) {
    String valid = valid(handle);
    try (StoreLock lock = store.lockHandle(key(valid))) {
      volumes.delete(valid);
    }
  }

  @Override
  public DiskUsage usage(String handle) {
    String valid = valid(handle);
    String name = volumes.name(valid);
    VolumeMetadata metadata = VolumeMetadata.read(store.volume(valid));
    long used;
    try {
      Long baseline = metadata.baselineUsed();
      used =
          host.quota()
              .used(name)
              .orElseGet(
                  () -> baseline == null ? 0L : Math.max(0, host.quota().measure(name) - baseline));
    } catch (HcsException e) {
      throw GardenException.failure("error getting quota: " + e.getMessage(), e);
    }
    return new DiskUsage(metadata.size() + used, used);
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

  /** Removes unused layers once they take more than the threshold; returns those removed. */
  public List<String> collectGarbage(long thresholdBytes) {
    return new GarbageCollection(store, layers, pins, config.pinnedImages()).run(thresholdBytes);
  }

  private static String key(String handle) {
    return handle.toLowerCase(Locale.ROOT);
  }

  private static String valid(String handle) {
    return Handle.parse(handle).value();
  }
}
