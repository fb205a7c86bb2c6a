package io.gardencell.image.layer;

import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.LayerFile;
import io.gardencell.hcs.LayerFolder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A folder in memory that keeps what was written as it was written. One thread. */
final class MemoryFolder implements LayerFolder {

  /** A file or directory; files that are hard links of each other are one object. */
  static final class Node {
    final ByteArrayOutputStream plain = new ByteArrayOutputStream();
    final ByteArrayOutputStream backup = new ByteArrayOutputStream();
    FileBasicInfo info;

    Node(FileBasicInfo info) {
      this.info = info;
    }
  }

  final Map<String, Node> nodes = new TreeMap<>();

  private Node node(String name, int absent) {
    Node node = nodes.get(name);
    if (node == null) {
      throw new HcsException("NtCreateFile", name, absent);
    }
    return node;
  }

  private void checkParent(String name) {
    if (name.startsWith("\\") || name.contains(":") || List.of(name.split("\\\\")).contains("..")) {
      throw new HcsException("NtCreateFile", name, HcsErrors.INVALID_NAME);
    }
    int end = name.lastIndexOf('\\');
    if (end >= 0 && !isDirectory(name.substring(0, end))) {
      throw new HcsException("NtCreateFile", name, HcsErrors.PATH_NOT_FOUND);
    }
  }

  @Override
  public LayerFile create(String name, FileBasicInfo info) {
    checkParent(name);
    if (nodes.containsKey(name)) {
      throw new HcsException("NtCreateFile", name, HcsErrors.FILE_EXISTS);
    }
    nodes.put(name, new Node(info));
    return open(name);
  }

  @Override
  public LayerFile open(String name) {
    Node node = node(name, HcsErrors.FILE_NOT_FOUND);
    return new LayerFile() {
      private int read;

      @Override
      public void write(ByteBuffer bytes) {
        take(bytes, node.plain);
      }

      @Override
      public void writeBackup(ByteBuffer bytes) {
        take(bytes, node.backup);
      }

      @Override
      public int readBackup(ByteBuffer into) {
        byte[] all = node.backup.toByteArray();
        int n = Math.min(into.remaining(), all.length - read);
        into.put(all, read, n);
        read += n;
        return n == 0 ? -1 : n;
      }

      @Override
      public void setBasicInfo(FileBasicInfo info) {
        int kept = node.info.attributes() & FileBasicInfo.DIRECTORY;
        node.info =
            new FileBasicInfo(
                info.creationTime(),
                info.lastAccessTime(),
                info.lastWriteTime(),
                info.changeTime(),
                info.attributes() | kept);
      }

      @Override
      public void close() {}
    };
  }

  private static void take(ByteBuffer from, ByteArrayOutputStream into) {
    byte[] copy = new byte[from.remaining()];
    from.get(copy);
    into.writeBytes(copy);
  }

  @Override
  public Optional<FileBasicInfo> find(String name) {
    return Optional.ofNullable(nodes.get(name)).map(n -> n.info);
  }

  @Override
  public List<String> list(String directory) {
    String prefix = directory + "\\";
    return nodes.keySet().stream()
        .filter(n -> n.startsWith(prefix) && n.indexOf('\\', prefix.length()) < 0)
        .map(n -> n.substring(prefix.length()))
        .toList();
  }

  @Override
  public void link(String name, LayerFolder targetRoot, String target) {
    checkParent(name);
    if (nodes.containsKey(name)) {
      throw new HcsException("NtSetInformationFile", name, HcsErrors.FILE_EXISTS);
    }
    nodes.put(name, ((MemoryFolder) targetRoot).node(target, HcsErrors.FILE_NOT_FOUND));
  }

  @Override
  public void remove(String name) {
    node(name, HcsErrors.FILE_NOT_FOUND);
    nodes.keySet().removeIf(n -> n.equals(name) || n.startsWith(name + "\\"));
  }

  @Override
  public void close() {}

  boolean isDirectory(String name) {
    return find(name).map(FileBasicInfo::isDirectory).orElse(false);
  }

  FileBasicInfo info(String name) {
    return node(name, HcsErrors.FILE_NOT_FOUND).info;
  }

  /** What was written plainly. */
  byte[] plain(String name) {
    return node(name, HcsErrors.FILE_NOT_FOUND).plain.toByteArray();
  }

  /** What was restored by BackupWrite. */
  byte[] backup(String name) {
    return node(name, HcsErrors.FILE_NOT_FOUND).backup.toByteArray();
  }
}
