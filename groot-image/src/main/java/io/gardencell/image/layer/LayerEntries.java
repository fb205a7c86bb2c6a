package io.gardencell.image.layer;

import io.gardencell.api.GardenException;
import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.LayerFile;
import io.gardencell.hcs.LayerFolder;
import java.io.IOException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/**
 * Hands the entries of a tar to the writer of a layer: files, links, whiteouts (Source:
 * groot-windows: driver/unpack.go). One layer, one thread.
 *
 * <p>Of a layer made on Linux, missing parent directories are made.
 */
final class LayerEntries {

  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";

  private final TarEntries tar;
  private final EntryNames names;
  private final LayerWriter writer;
  private final LayerFolder top;
  private final EntryStreams streams;

  /**
   * The entries of one layer.
   *
   * @param top the layer's own directory
   */
  LayerEntries(TarEntries tar, EntryNames names, LayerWriter writer, LayerFolder top) {
    this.tar = tar;
    this.names = names;
    this.writer = writer;
    this.top = top;
    this.streams = new EntryStreams(tar, writer, names);
  }

  /** Unpacks all; bytes of the regular files. */
  long unpackAll() throws IOException {
    long size = 0;
    for (TarArchiveEntry entry = tar.next(); entry != null; entry = tar.next()) {
      String name = names.of(entry);
      if (!name.isEmpty()) {
        unpack(entry, name);
        size += TarEntries.isRegular(entry) && !isWhiteout(name) ? entry.getRealSize() : 0;
      }
    }
    return size;
  }

  private void unpack(TarArchiveEntry entry, String name) throws IOException {
    try {
      if (isWhiteout(name)) {
        whiteout(entry, name);
      } else if (entry.isLink()) {
        link(entry, name);
      } else {
        file(entry, name);
      }
    } catch (HcsException e) {
      throw GardenException.failure(
          "writing %s: %s (0x%x)".formatted(entry.getName(), e.getMessage(), e.code()), e);
    }
  }

  private static boolean isWhiteout(String name) {
    return base(name).startsWith(WHITEOUT);
  }

  private static String base(String name) {
    return name.substring(name.lastIndexOf('\\') + 1);
  }

  private void whiteout(TarArchiveEntry entry, String name) {
    names.keep(name);
    String base = base(name);
    String directory = name.substring(0, name.length() - base.length());
    if (names.isLinux() && base.equals(OPAQUE)) {
      writer.removeInherited(directory.substring(0, directory.length() - 1));
      return;
    }
    String removed = base.substring(WHITEOUT.length());
    names.checkElement(entry.getName(), removed);
    writer.remove(directory + removed);
  }

  private void link(TarArchiveEntry entry, String name) {
    String target = names.linked(entry);
    names.take(entry.getName(), name);
    names.keep(name);
    names.keep(target);
    makeParents(name);
    writer.link(name, target);
  }

  private void file(TarArchiveEntry entry, String name) throws IOException {
    if (!TarEntries.isRegular(entry) && !entry.isDirectory() && !entry.isSymbolicLink()) {
      throw GardenException.failure(
          "unsupported entry type %c: %s".formatted(entry.getLinkFlag(), entry.getName()));
    }
    names.take(entry.getName(), name);
    makeParents(name);
    if (names.isLinux() && entry.isDirectory() && writer.hasDirectory(name)) {
      return; // made for a child that came before it
    }
    FileBasicInfo info = EntryFacts.basicInfo(entry);
    if (entry.isSymbolicLink() && names.isLinux()) {
      info = with(info, info.attributes() | FileBasicInfo.REPARSE_POINT);
    }
    if (!TarEntries.isRegular(entry)) {
      names.keep(name);
    }
    writer.add(name, info, entry.isSymbolicLink());
    String copy = UtilityVm.MUTATED.get(name);
    if (copy == null) {
      streams.write(entry, null);
      return;
    }
    if (top.find(copy).isPresent()) {
      top.remove(copy);
    }
    try (LayerFile second = top.create(copy, with(info, 0))) {
      streams.write(entry, second);
    }
  }

  private static FileBasicInfo with(FileBasicInfo i, int attributes) {
    return new FileBasicInfo(
        i.creationTime(), i.lastAccessTime(), i.lastWriteTime(), i.changeTime(), attributes);
  }

  private void makeParents(String name) {
    if (!names.isLinux()) {
      return;
    }
    for (int i = name.indexOf('\\'); i >= 0; i = name.indexOf('\\', i + 1)) {
      String parent = name.substring(0, i);
      if (!writer.hasDirectory(parent)) {
        names.keep(parent);
        writer.add(parent, new FileBasicInfo(0, 0, 0, 0, FileBasicInfo.DIRECTORY), false);
      }
    }
  }
}
