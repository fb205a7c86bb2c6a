package io.gardencell.image;

import io.gardencell.api.files.FileTree;
import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostQuota;
import io.gardencell.hcs.LayerFile;
import io.gardencell.hcs.LayerFolder;
import io.gardencell.hcs.LayerImport;
import io.gardencell.hcs.ScratchLayers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A host of plain directories that holds state: layers merge by copying what parents have. */
public final class DirectoryHost {

  private final Map<Path, String> volumes = new HashMap<>();
  public final Map<String, Long> limits = new HashMap<>();
  long used = 10;
  long measured = 100;
  @Nullable HcsException nextMeasure;
  public @Nullable HcsException nextPrepare;
  public @Nullable HcsException nextImport;

  public Host open() {
    return open("emulated", 0);
  }

  /** One of this name and build of Windows. */
  Host open(String name, int build) {
    return new Host(
        name,
        "directories",
        build,
        false,
        none(io.gardencell.hcs.HostCompute.class),
        none(io.gardencell.hcs.HostProcesses.class),
        none(io.gardencell.hcs.HostVolumes.class),
        none(io.gardencell.hcs.HostNetworks.class),
        none(io.gardencell.hcs.HostEndpoints.class),
        none(io.gardencell.hcs.HostInterfaces.class),
        new Scratch(),
        new Import(),
        Folder::new,
        new Quota(),
        () -> {});
  }

  private static void removeTree(Path tree) {
    io(
        () -> {
          FileTree.remove(tree);
          return tree;
        });
  }

  private static <T> T none(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              throw new UnsupportedOperationException(method.getName());
            }));
  }

  private final class Scratch implements ScratchLayers {
    @Override
    public boolean exists(Path layer) {
      return Files.isDirectory(layer);
    }

    @Override
    public void create(Path layer, List<Path> parents) {
      io(() -> Files.createDirectories(layer));
    }

    @Override
    public void activate(Path layer) {}

    @Override
    public void prepare(Path layer, List<Path> parents) {
      HcsException failure = nextPrepare;
      nextPrepare = null;
      if (failure != null) {
        throw failure;
      }
      volumes.put(layer, "\\\\?\\Volume{" + UUID.randomUUID() + "}\\");
    }

    @Override
    public Optional<String> mountPath(Path layer) {
      return Optional.ofNullable(volumes.get(layer));
    }

    @Override
    public void unprepare(Path layer) {
      volumes.remove(layer);
    }

    @Override
    public void deactivate(Path layer) {}

    @Override
    public void destroy(Path layer) {
      removeTree(layer);
    }

    @Override
    public void expand(Path layer, long bytes) {}
  }

  private final class Import implements LayerImport {
    @Override
    public String nameToGuid(String name) {
      return UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8))
          .toString();
    }

    @Override
    public void importLayer(Path layer, Path importFolder, List<Path> parents) {
      HcsException failure = nextImport;
      nextImport = null;
      if (failure != null) {
        throw failure;
      }
      io(
          () -> {
            copy(parents.get(0).resolve("Files"), layer.resolve("Files"), false);
            copy(importFolder, layer, true);
            return layer;
          });
    }

    @Override
    public void processBaseImage(Path layer) {}

    @Override
    public void processUtilityImage(Path utilityVm) {}
  }

  private static void copy(Path from, Path to, boolean transport) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(from)) {
      all = walk.toList();
    }
    for (Path source : all) {
      Path target = to.resolve(from.relativize(source).toString());
      if (Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectories(target);
      } else if (source.getFileName().toString().endsWith(".$wcidirs$")) {
        continue;
      } else if (transport) {
        Files.deleteIfExists(target);
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(source));
        try (File file = new File(target, true)) {
          file.writeBackup(bytes.position(4));
        }
      } else if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        Files.copy(source, target, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  private final class Quota implements HostQuota {
    @Override
    public void setLimit(String volume, long bytes) {
      limits.put(volume, bytes);
    }

    @Override
    public Optional<Long> used(String volume) {
      return limits.containsKey(volume) ? Optional.of(used) : Optional.empty();
    }

    @Override
    public long measure(String volume) {
      HcsException failure = nextMeasure;
      nextMeasure = null;
      if (failure != null) {
        throw failure;
      }
      return measured;
    }
  }

  private interface Io<T> {
    T run() throws IOException;
  }

  private static <T> T io(Io<T> step) {
    try {
      return step.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Folder(Path root) implements LayerFolder {

    private Path at(String name) {
      Path path = root;
      String[] parts = name.split("\\\\", -1);
      for (int i = 0; i < parts.length; i++) {
        if (parts[i].equals("..") || parts[i].isEmpty() || parts[i].contains(":")) {
          throw new HcsException("NtCreateFile", name, HcsErrors.INVALID_NAME);
        }
        path = path.resolve(parts[i]);
        if (i < parts.length - 1 && !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          throw new HcsException("NtCreateFile", name, HcsErrors.PATH_NOT_FOUND);
        }
      }
      return path;
    }

    @Override
    public LayerFile create(String name, FileBasicInfo info) {
      Path path = at(name);
      if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new HcsException("NtCreateFile", name, HcsErrors.FILE_EXISTS);
      }
      if (info.isDirectory()) {
        io(() -> Files.createDirectory(path));
      }
      return new File(path, !info.isDirectory());
    }

    @Override
    public LayerFile open(String name) {
      return new File(at(name), false);
    }

    @Override
    public Optional<FileBasicInfo> find(String name) {
      Path path;
      try {
        path = at(name);
      } catch (HcsException e) {
        return Optional.empty();
      }
      if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      boolean directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
      int link = Files.isSymbolicLink(path) ? FileBasicInfo.REPARSE_POINT : 0;
      return Optional.of(
          new FileBasicInfo(0, 0, 0, 0, link | (directory ? FileBasicInfo.DIRECTORY : 0)));
    }

    @Override
    public List<String> list(String directory) {
      return new ArrayList<>(DriverStore.names(at(directory)));
    }

    @Override
    public void link(String name, LayerFolder targetRoot, String target) {
      io(() -> Files.createLink(at(name), ((Folder) targetRoot).at(target)));
    }

    @Override
    public void remove(String name) {
      removeTree(at(name));
    }

    @Override
    public void close() {}
  }

  /** Keeps plain bytes, and of a backup stream the data and link targets. */
  private static final class File implements LayerFile {
    private final Path path;
    private final @Nullable FileChannel channel;
    private final java.io.ByteArrayOutputStream backup = new java.io.ByteArrayOutputStream();

    File(Path path, boolean create) {
      this.path = path;
      this.channel =
          create
              ? io(
                  () ->
                      FileChannel.open(
                          path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))
              : null;
    }

    @Override
    public void write(ByteBuffer bytes) {
      FileChannel out = java.util.Objects.requireNonNull(channel);
      io(() -> out.write(bytes));
    }

    @Override
    public void writeBackup(ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      backup.writeBytes(copy);
    }

    @Override
    public int readBackup(ByteBuffer into) {
      return -1;
    }

    @Override
    public void setBasicInfo(FileBasicInfo info) {}

    @Override
    public void close() {
      io(
          () -> {
            restore();
            if (channel != null) {
              channel.close();
            }
            return path;
          });
    }

    private void restore() throws IOException {
      ByteBuffer in = ByteBuffer.wrap(backup.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
      while (in.remaining() >= 20) {
        int id = in.getInt();
        in.getInt();
        int size = (int) in.getLong();
        in.position(in.position() + 4 + 0);
        int start = in.position();
        if (id == 1 && channel != null) {
          channel.write(in.slice(start, size));
        } else if (id == 8) {
          int offset = in.getShort(start + 8);
          int length = in.getShort(start + 10);
          byte[] name = new byte[length];
          in.get(start + 20 + offset, name);
          String target =
              new String(name, java.nio.charset.StandardCharsets.UTF_16LE).replace('\\', '/');
          Files.delete(path);
          Files.createSymbolicLink(path, Path.of(target));
        } else if (id == 4) {
          return;
        }
        in.position(start + size);
      }
    }
  }
}
