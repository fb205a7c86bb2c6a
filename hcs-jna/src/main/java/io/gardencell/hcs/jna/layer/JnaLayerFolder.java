package io.gardencell.hcs.jna.layer;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.gardencell.hcs.FileBasicInfo;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.LayerFile;
import io.gardencell.hcs.LayerFolder;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Owner of a directory handle; one thread at a time. */
final class JnaLayerFolder implements LayerFolder {

  private static final int FILE_LINK_INFORMATION = 11;
  private static final int FILE_DISPOSITION_INFORMATION_EX = 64;
  private static final int DELETE_IGNORING_READ_ONLY = 0x1 | 0x10;
  private static final int ID_BOTH_DIRECTORY_INFO = 10;
  private static final int NO_MORE_FILES = 18;
  private static final int WRITER =
      NtFiles.GENERIC_READ
          | NtFiles.GENERIC_WRITE
          | NtFiles.WRITE_DAC
          | NtFiles.WRITE_OWNER
          | NtFiles.ACCESS_SYSTEM_SECURITY;

  private final Kernel32 kernel32;
  private final NtFiles files;
  private final Failures failures;
  private final Pointer root;
  private boolean closed;

  JnaLayerFolder(Kernel32 kernel32, NtFiles files, Failures failures, Pointer root) {
    this.kernel32 = kernel32;
    this.files = files;
    this.failures = failures;
    this.root = root;
  }

  @Override
  public LayerFile create(String name, FileBasicInfo info) {
    int options = info.isDirectory() ? NtFiles.DIRECTORY_FILE : 0;
    Pointer handle = files.open(root, name, WRITER, NtFiles.SHARE_READ, NtFiles.CREATE, options);
    JnaLayerFile file = new JnaLayerFile(kernel32, failures, handle, name);
    try {
      file.setBasicInfo(info);
    } catch (HcsException failure) {
      file.close();
      remove(name);
      throw failure;
    }
    return file;
  }

  @Override
  public LayerFile open(String name) {
    return new JnaLayerFile(
        kernel32,
        failures,
        files.open(
            root, name, WRITER, NtFiles.SHARE_READ, NtFiles.OPEN, NtFiles.OPEN_REPARSE_POINT),
        name);
  }

  @Override
  public Optional<FileBasicInfo> find(String name) {
    Pointer handle;
    try {
      handle = openExisting(name, NtFiles.FILE_READ_ATTRIBUTES, 0);
    } catch (HcsException failure) {
      if (Set.of(HcsErrors.FILE_NOT_FOUND, HcsErrors.PATH_NOT_FOUND).contains(failure.code())) {
        return Optional.empty();
      }
      throw failure;
    }
    try {
      return Optional.of(BasicInfo.get(kernel32, failures, handle, name));
    } finally {
      kernel32.CloseHandle(handle);
    }
  }

  @Override
  public List<String> list(String directory) {
    Pointer handle = openExisting(directory, NtFiles.FILE_LIST_DIRECTORY, NtFiles.DIRECTORY_FILE);
    List<String> names = new ArrayList<>();
    try (Memory buffer = new Memory(64 * 1024)) {
      while (kernel32.GetFileInformationByHandleEx(
          handle, ID_BOTH_DIRECTORY_INFO, buffer, (int) buffer.size())) {
        addNames(buffer, names);
      }
      int error = Native.getLastError();
      if (error != NO_MORE_FILES) {
        throw failures.win32(error, "GetFileInformationByHandleEx", directory);
      }
      return names;
    } finally {
      kernel32.CloseHandle(handle);
    }
  }

  /** FILE_ID_BOTH_DIR_INFO: next entry at 0, length of the name in bytes at 60, the name at 104. */
  static void addNames(Memory buffer, List<String> names) {
    long at = 0;
    int next;
    do {
      next = buffer.getInt(at);
      byte[] name = buffer.getByteArray(at + 104, buffer.getInt(at + 60));
      String text = new String(name, StandardCharsets.UTF_16LE);
      if (!text.equals(".") && !text.equals("..")) {
        names.add(text);
      }
      at += next;
    } while (next != 0);
  }

  @Override
  public void link(String name, LayerFolder targetRoot, String target) {
    JnaLayerFolder other = (JnaLayerFolder) targetRoot;
    int slash = name.lastIndexOf('\\');
    String directory = slash < 0 ? "" : name.substring(0, slash);
    String last = name.substring(slash + 1);
    NtFiles.checkName(name);
    Pointer file = other.openExisting(target, NtFiles.FILE_WRITE_ATTRIBUTES, 0);
    try {
      Pointer parent =
          openExisting(directory, NtFiles.FILE_READ_ATTRIBUTES, NtFiles.DIRECTORY_FILE);
      try (Memory info = linkInformation(parent, last)) {
        if (BasicInfo.get(kernel32, failures, parent, directory).isReparsePoint()) {
          throw failures.win32(HcsErrors.ACCESS_DENIED, "NtSetInformationFile", name);
        }
        files.set(file, FILE_LINK_INFORMATION, info, name);
      } finally {
        kernel32.CloseHandle(parent);
      }
    } finally {
      kernel32.CloseHandle(file);
    }
  }

  /**
   * FILE_LINK_INFORMATION: replace at 0, root at 8, length of the name in bytes at 16, name at 20.
   */
  static Memory linkInformation(Pointer parent, String name) {
    Memory info = new Memory(20 + 2L * name.length());
    info.clear();
    info.setPointer(8, parent);
    info.setInt(16, 2 * name.length());
    byte[] text = name.getBytes(StandardCharsets.UTF_16LE);
    info.write(20, text, 0, text.length);
    return info;
  }

  @Override
  public void remove(String name) {
    FileBasicInfo info =
        find(name)
            .orElseThrow(() -> failures.win32(HcsErrors.FILE_NOT_FOUND, "NtCreateFile", name));
    if (info.isDirectory() && !info.isReparsePoint()) {
      for (String child : list(name)) {
        remove(name + "\\" + child);
      }
    }
    Pointer handle =
        openExisting(
            name, NtFiles.FILE_READ_ATTRIBUTES | NtFiles.FILE_WRITE_ATTRIBUTES | NtFiles.DELETE, 0);
    try (Memory flags = new Memory(4)) {
      flags.setInt(0, DELETE_IGNORING_READ_ONLY);
      files.set(handle, FILE_DISPOSITION_INFORMATION_EX, flags, name);
    } finally {
      kernel32.CloseHandle(handle);
    }
  }

  private Pointer openExisting(String name, int access, int options) {
    return files.open(
        root, name, access, NtFiles.SHARE_ALL, NtFiles.OPEN, options | NtFiles.OPEN_REPARSE_POINT);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      kernel32.CloseHandle(root);
    }
  }
}
