package io.gardencell.hcs.jna.layer;

import com.sun.jna.Pointer;
import io.gardencell.hcs.LayerFiles;
import io.gardencell.hcs.LayerFolder;
import io.gardencell.hcs.jna.win32.Failures;
import io.gardencell.hcs.jna.win32.Kernel32;
import io.gardencell.hcs.jna.win32.NativeLibraries;
import io.gardencell.hcs.jna.win32.Wide;
import java.nio.file.Path;

/** Opens directories for writing layers; any thread. */
public final class JnaLayerFiles implements LayerFiles {

  private static final Pointer INVALID = Pointer.createConstant(-1L);
  private static final int OPEN_EXISTING = 3;
  private static final int BACKUP_SEMANTICS_AND_REPARSE_POINT = 0x02200000;

  private final Kernel32 kernel32;
  private final NtFiles files;
  private final Privileges privileges;
  private final Failures failures;

  JnaLayerFiles(Kernel32 kernel32, NtFiles files, Privileges privileges, Failures failures) {
    this.kernel32 = kernel32;
    this.files = files;
    this.privileges = privileges;
    this.failures = failures;
  }

  /** Of this host. */
  public static JnaLayerFiles of(NativeLibraries libraries, Failures failures) {
    return new JnaLayerFiles(
        libraries.kernel32(),
        new NtFiles(libraries.ntdll(), failures),
        new Privileges(libraries.advapi32(), libraries.kernel32(), failures),
        failures);
  }

  @Override
  public LayerFolder open(Path directory) {
    privileges.enableBackupAndRestore();
    String path = directory.toAbsolutePath().normalize().toString();
    String name =
        path.startsWith("\\\\?\\")
            ? path
            : path.startsWith("\\\\") ? "\\\\?\\UNC\\" + path.substring(2) : "\\\\?\\" + path;
    Pointer handle =
        kernel32.CreateFileW(
            Wide.of(name),
            NtFiles.GENERIC_READ,
            NtFiles.SHARE_ALL,
            Pointer.NULL,
            OPEN_EXISTING,
            BACKUP_SEMANTICS_AND_REPARSE_POINT,
            Pointer.NULL);
    if (INVALID.equals(handle)) {
      throw failures.lastError("CreateFileW", path);
    }
    return new JnaLayerFolder(kernel32, files, failures, handle);
  }
}
