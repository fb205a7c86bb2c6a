package io.gardencell.hcs.jna.win32;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.WString;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.NullUnmarked;

/** kernel32.dll: processes, mount points, overlapped input and output, backup streams. */
@NullUnmarked
public interface Kernel32 extends Library {

  Pointer OpenProcess(int access, boolean inherit, int pid);

  boolean GetProcessTimes(
      Pointer process,
      LongByReference creation,
      LongByReference exit,
      LongByReference kernel,
      LongByReference user);

  boolean GetExitCodeProcess(Pointer process, IntByReference code);

  Pointer GetCurrentProcess();

  boolean CloseHandle(Pointer handle);

  Pointer GetStdHandle(int standardHandle);

  boolean GetConsoleMode(Pointer console, IntByReference mode);

  boolean GetHandleInformation(Pointer handle, IntByReference flags);

  int FormatMessageW(
      int flags, Pointer source, int id, int language, char[] buffer, int size, Pointer arguments);

  boolean SetVolumeMountPointW(WString mountPoint, WString volumeName);

  boolean DeleteVolumeMountPointW(WString mountPoint);

  boolean GetVolumeNameForVolumeMountPointW(WString mountPoint, char[] volumeName, int size);

  boolean GetDiskFreeSpaceExW(
      WString directory,
      LongByReference freeToCaller,
      LongByReference total,
      LongByReference totalFree);

  Pointer CreateIoCompletionPort(Pointer file, Pointer port, Pointer key, int threads);

  boolean PostQueuedCompletionStatus(Pointer port, int bytes, Pointer key, Pointer overlapped);

  boolean GetQueuedCompletionStatus(
      Pointer port,
      IntByReference bytes,
      PointerByReference key,
      PointerByReference overlapped,
      int milliseconds);

  boolean ReadFile(Pointer file, Pointer buffer, int size, IntByReference read, Pointer overlapped);

  boolean WriteFile(
      Pointer file, Pointer buffer, int size, IntByReference written, Pointer overlapped);

  boolean GetOverlappedResult(Pointer file, Pointer overlapped, IntByReference bytes, boolean wait);

  boolean FlushFileBuffers(Pointer file);

  boolean SetFileCompletionNotificationModes(Pointer file, byte flags);

  boolean QueryInformationJobObject(
      Pointer job, int infoClass, Pointer info, int size, IntByReference returned);

  boolean DeviceIoControl(
      Pointer device,
      int code,
      Pointer in,
      int inSize,
      Pointer out,
      int outSize,
      IntByReference returned,
      Pointer overlapped);

  boolean CancelIoEx(Pointer file, Pointer overlapped);

  Pointer CreateFileW(
      WString name,
      int access,
      int share,
      Pointer security,
      int disposition,
      int flags,
      Pointer template);

  boolean GetFileInformationByHandleEx(Pointer file, int infoClass, Pointer info, int size);

  boolean SetFileInformationByHandle(Pointer file, int infoClass, Pointer info, int size);

  boolean BackupRead(
      Pointer file,
      Pointer buffer,
      int size,
      IntByReference read,
      boolean abort,
      boolean security,
      PointerByReference context);

  boolean BackupWrite(
      Pointer file,
      Pointer buffer,
      int size,
      IntByReference written,
      boolean abort,
      boolean security,
      PointerByReference context);
}
