package io.gardencell.image.layer;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.LayerFile;
import io.gardencell.hcs.LayerFolder;
import io.gardencell.image.source.VerifiedLayer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Turns a tar stream into a layer of the host (Source: groot-windows: driver/unpack.go; go-winio:
 * backuptar/tar.go).
 *
 * <p>A layer whose first entry is not {@code Files}, {@code Hives} or {@code UtilityVM} was made on
 * Linux: where {@code linuxLayers} is set all its names are put below {@code Files}, and missing
 * parent directories are made. Any thread; one layer at a time per call.
 */
public final class LayerUnpacker {

  /**
   * Several times what the largest Windows base layers have; beyond, it is an attack on the disk.
   */
  static final int MAX_ENTRIES = 800_000;

  private static final int MAX_NAME = 32 * 1024;
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";

  private final Host host;
  private final boolean linuxLayers;
  private final int maxEntries;
  private int entries;
  private final ByteBuffer buffer = ByteBuffer.allocate(128 * 1024);
  private @Nullable Boolean madeOnLinux;

  /** For one layer on the given host. */
  public LayerUnpacker(Host host, boolean linuxLayers) {
    this(host, linuxLayers, MAX_ENTRIES);
  }

  LayerUnpacker(Host host, boolean linuxLayers, int maxEntries) {
    this.host = host;
    this.linuxLayers = linuxLayers;
    this.maxEntries = maxEntries;
  }

  /**
   * Unpacks and finishes a layer.
   *
   * @param layer existing, empty directory
   * @param parents newest first
   * @param importFolder empty directory for the transport form, the caller's to remove
   * @return bytes of the regular files
   */
  public long unpack(Path layer, List<Path> parents, Path importFolder, VerifiedLayer tar)
      throws IOException {
    try (LayerWriter writer =
            parents.isEmpty()
                ? new BaseLayerWriter(host, layer)
                : new DifferentialLayerWriter(host, layer, parents, importFolder);
        LayerFolder top = host.layerFiles().open(layer)) {
      long size = verifiedEntries(tar, writer, top);
      writer.finish();
      return size;
    }
  }

  /**
   * If the bytes are not those of the manifest, that is the failure to tell, whatever came of it.
   */
  private long verifiedEntries(VerifiedLayer tar, LayerWriter writer, LayerFolder top)
      throws IOException {
    long size;
    try {
      size = entries(new TarArchiveInputStream(tar, "UTF-8"), writer, top);
    } catch (IOException | GardenException e) {
      tar.blame();
      throw e;
    }
    tar.verify();
    return size;
  }

  private long entries(TarArchiveInputStream tar, LayerWriter writer, LayerFolder top)
      throws IOException {
    long size = 0;
    TarArchiveEntry entry = next(tar);
    while (entry != null) {
      String name = entryName(entry, entry.getName());
      if (name.isEmpty()) {
        entry = next(tar);
        continue;
      }
      try {
        String base = name.substring(name.lastIndexOf('\\') + 1);
        String directory = name.substring(0, name.length() - base.length());
        if (isLinux() && base.equals(OPAQUE)) {
          writer.removeInherited(directory.isEmpty() ? "Files" : chop(directory));
        } else if (base.startsWith(WHITEOUT)) {
          writer.remove(directory + base.substring(WHITEOUT.length()));
        } else if (entry.isLink()) {
          makeParents(writer, name);
          writer.link(name, entryName(entry, entry.getLinkName()));
        } else {
          size += isRegular(entry) ? entry.getRealSize() : 0;
          entry = file(tar, entry, name, writer, top);
          continue;
        }
      } catch (HcsException e) {
        throw GardenException.failure(
            "writing %s: %s (0x%x)".formatted(entry.getName(), e.getMessage(), e.code()), e);
      }
      entry = next(tar);
    }
    return size;
  }

  private @Nullable TarArchiveEntry file(
      TarArchiveInputStream tar,
      TarArchiveEntry entry,
      String name,
      LayerWriter writer,
      LayerFolder top)
      throws IOException {
    if (!isRegular(entry) && !entry.isDirectory() && !entry.isSymbolicLink()) {
      throw GardenException.failure(
          "unsupported entry type %c: %s".formatted(entry.getLinkFlag(), entry.getName()));
    }
    makeParents(writer, name);
    if (isLinux() && entry.isDirectory() && writer.hasDirectory(name)) {
      return next(tar); // made for a child that came before it
    }
    FileBasicInfo info = EntryFacts.basicInfo(entry);
    if (entry.isSymbolicLink()) {
      info = with(info, info.attributes() | FileBasicInfo.REPARSE_POINT, isLinux());
    }
    writer.add(name, info, entry.isSymbolicLink());
    String copy = UtilityVm.MUTATED.get(name);
    if (copy == null) {
      return streams(tar, entry, writer, null);
    }
    if (top.find(copy).isPresent()) {
      top.remove(copy);
    }
    try (LayerFile second = top.create(copy, with(info, 0, true))) {
      return streams(tar, entry, writer, second);
    }
  }

  private static FileBasicInfo with(FileBasicInfo i, int attributes, boolean really) {
    return really
        ? new FileBasicInfo(
            i.creationTime(), i.lastAccessTime(), i.lastWriteTime(), i.changeTime(), attributes)
        : i;
  }

  private @Nullable TarArchiveEntry streams(
      TarArchiveInputStream tar,
      TarArchiveEntry entry,
      LayerWriter writer,
      @Nullable LayerFile second)
      throws IOException {
    EntryFacts.security(entry)
        .ifPresent(sd -> writer.security(BackupStream.whole(BackupStream.SECURITY_DATA, sd)));
    Map<String, byte[]> attributes =
        EntryFacts.extendedAttributes(entry, isLinux() && !entry.isSymbolicLink());
    if (!attributes.isEmpty()) {
      byte[] list = BackupStream.extendedAttributes(attributes);
      put(BackupStream.whole(BackupStream.EA_DATA, list), writer, second);
    }
    if (entry.isSymbolicLink()) {
      boolean mountPoint = entry.getExtraPaxHeader("MSWINDOWS.mountpoint") != null;
      byte[] reparse = BackupStream.reparse(entry.getLinkName(), mountPoint);
      put(BackupStream.whole(BackupStream.REPARSE_DATA, reparse), writer, second);
    }
    if (isRegular(entry)) {
      put(BackupStream.header(BackupStream.DATA, entry.getRealSize(), ""), writer, second);
      content(tar, entry, writer, second);
    }
    TarArchiveEntry next = next(tar);
    while (next != null && isRegular(next) && next.getName().startsWith(entry.getName() + ":")) {
      String stream = next.getName().substring(entry.getName().length());
      put(
          BackupStream.header(BackupStream.ALTERNATE_DATA, next.getRealSize(), stream + ":$DATA"),
          writer,
          second);
      content(tar, next, writer, second);
      next = next(tar);
    }
    return next;
  }

  private void content(
      TarArchiveInputStream tar,
      TarArchiveEntry entry,
      LayerWriter writer,
      @Nullable LayerFile second)
      throws IOException {
    long total = 0;
    for (int n = tar.read(buffer.array()); n >= 0; n = tar.read(buffer.array())) {
      total += n;
      put(buffer.clear().limit(n), writer, second);
    }
    if (total != entry.getRealSize()) {
      throw GardenException.failure(
          "%s: %d bytes (expected: %d)".formatted(entry.getName(), total, entry.getRealSize()));
    }
  }

  private static void put(ByteBuffer bytes, LayerWriter writer, @Nullable LayerFile second) {
    if (second != null) {
      second.writeBackup(bytes.duplicate());
    }
    writer.stream(bytes);
  }

  private void makeParents(LayerWriter writer, String name) {
    if (!isLinux()) {
      return;
    }
    for (int i = name.indexOf('\\'); i >= 0; i = name.indexOf('\\', i + 1)) {
      String parent = name.substring(0, i);
      if (!writer.hasDirectory(parent)) {
        writer.add(parent, new FileBasicInfo(0, 0, 0, 0, FileBasicInfo.DIRECTORY), false);
      }
    }
  }

  /** The stream's own failures are no IOExceptions, so these are the archive's. */
  private @Nullable TarArchiveEntry next(TarArchiveInputStream tar) throws IOException {
    if (entries > maxEntries) {
      throw GardenException.failure("layer has more than " + maxEntries + " entries");
    }
    entries++;
    try {
      return tar.getNextEntry();
    } catch (IOException | IllegalArgumentException e) {
      boolean cut =
          e instanceof EOFException || String.valueOf(e.getMessage()).contains("runcated");
      throw new IOException(cut ? "unexpected EOF" : "archive/tar: invalid tar header", e);
    }
  }

  private boolean isLinux() {
    return Boolean.TRUE.equals(madeOnLinux);
  }

  private static boolean isRegular(TarArchiveEntry entry) {
    return entry.isFile() && !entry.isLink() && !entry.isSymbolicLink() && !isDevice(entry);
  }

  private static boolean isDevice(TarArchiveEntry entry) {
    return entry.isBlockDevice() || entry.isCharacterDevice() || entry.isFIFO();
  }

  /** The name for the writer; empty for the top of the tree. */
  private String entryName(TarArchiveEntry entry, String given) {
    String name = given;
    while (name.startsWith("./")) {
      name = name.substring(2);
    }
    while (name.endsWith("/")) {
      name = chop(name);
    }
    if (given.startsWith("/") && entry.isLink() && linuxLayers) {
      name = name.substring(1); // some builders write link targets from the root
    }
    if (name.equals(".") || name.isEmpty()) {
      return "";
    }
    if (name.length() > MAX_NAME) {
      throw GardenException.failure(
          "entry name: %d characters (expected: <= %d)".formatted(name.length(), MAX_NAME));
    }
    if (name.startsWith("/") || name.startsWith("\\") || hasParent(name) || name.contains(":")) {
      throw GardenException.failure("invalid entry name: '" + given + "'");
    }
    if (madeOnLinux == null) {
      String first = name.split("/", 2)[0];
      madeOnLinux = linuxLayers && !List.of("Files", "Hives", UtilityVm.ROOT).contains(first);
    }
    return (isLinux() ? "Files/" : "").concat(name).replace('/', '\\');
  }

  private static boolean hasParent(String name) {
    for (String part : name.toLowerCase(Locale.ROOT).split("[/\\\\]", -1)) {
      if (part.equals("..") || part.equals(".") || part.isEmpty()) {
        return true;
      }
    }
    return false;
  }

  private static String chop(String text) {
    return text.substring(0, text.length() - 1);
  }
}
