package io.gardencell.hcs;

import java.util.Map;
import java.util.Set;

/**
 * Codes of HCS and Win32 that mean something to us (Source: hcsshim: internal/hcs/errors.go;
 * winerror.h).
 *
 * <p>Each HCS condition exists as 0xC037nnnn and 0x8037nnnn; {@link #normalise} maps the shared
 * range of the second space to the first, so that only one form is compared.
 */
public final class HcsErrors {

  public static final int SYSTEM_NOT_FOUND = 0xC037010E;
  public static final int SYSTEM_ALREADY_EXISTS = 0xC037010F;
  public static final int SYSTEM_ALREADY_STOPPED = 0xC0370110;
  public static final int INVALID_STATE = 0xC0370105;
  public static final int UNEXPECTED_EXIT = 0xC0370106;
  public static final int TERMINATED = 0xC0370107;
  public static final int TIMEOUT = 0xC0370109;
  public static final int UNKNOWN_MESSAGE = 0xC037010B;
  public static final int INVALID_JSON = 0xC037010D;
  public static final int INVALID_LAYER = 0xC0370112;
  public static final int OPERATION_PENDING = 0xC0370103;
  public static final int SERVICE_DISCONNECT = 0x8037011E;
  public static final int PROCESS_ALREADY_STOPPED = 0x8037011F;

  public static final int FILE_NOT_FOUND = 0x2;
  public static final int PATH_NOT_FOUND = 0x3;
  public static final int ACCESS_DENIED = 0x5;
  public static final int INVALID_HANDLE = 0x6;
  public static final int INVALID_DATA = 0xd;
  public static final int SHARING_VIOLATION = 0x20;
  public static final int NOT_SUPPORTED = 0x32;
  public static final int FILE_EXISTS = 0x50;
  public static final int INVALID_PARAMETER = 0x57;
  public static final int BROKEN_PIPE = 0x6d;
  public static final int DISK_FULL = 0x70;
  public static final int INVALID_NAME = 0x7b;
  public static final int MOD_NOT_FOUND = 0x7e;
  public static final int PROC_NOT_FOUND = 0x7f;
  public static final int ALREADY_EXISTS = 0xb7;
  public static final int DIRECTORY_NAME_INVALID = 0x10b;
  public static final int OPERATION_ABORTED = 0x3e3;
  public static final int NOT_FOUND = 0x490;
  public static final int LOGON_FAILURE = 0x52e;
  public static final int COMMITMENT_LIMIT = 0x5af;

  private static final Set<Integer> OUT_OF_MEMORY = Set.of(0x5af, 0x6be, 0x71a, 0x36b1);

  private static final Map<Integer, String> TEXTS =
      Map.ofEntries(
          Map.entry(
              0xC0370100, "The virtual machine or container exited unexpectedly while starting."),
          Map.entry(
              0xC0370101,
              "The container operating system does not match the host operating system."),
          Map.entry(
              0xC0370102,
              "The virtual machine could not be started because a required feature is not installed."),
          Map.entry(
              OPERATION_PENDING,
              "The call to start an asynchronous operation succeeded and the operation is performed in the background."),
          Map.entry(
              0xC0370104, "The supported number of notification callbacks has been exceeded."),
          Map.entry(
              INVALID_STATE,
              "The requested virtual machine or container operation is not valid in the current state."),
          Map.entry(UNEXPECTED_EXIT, "The virtual machine or container exited unexpectedly."),
          Map.entry(TERMINATED, "The virtual machine or container was forcefully exited."),
          Map.entry(
              0xC0370108,
              "A connection could not be established with the container or virtual machine."),
          Map.entry(
              TIMEOUT,
              "The operation timed out because a response was not received from the virtual machine or container."),
          Map.entry(0xC037010A, "The connection with the virtual machine or container was closed."),
          Map.entry(
              UNKNOWN_MESSAGE,
              "An unknown internal message was received by the virtual machine or container."),
          Map.entry(
              0xC037010C,
              "The virtual machine or container does not support an available version of the communication protocol with the host."),
          Map.entry(INVALID_JSON, "The virtual machine or container JSON document is invalid."),
          Map.entry(
              SYSTEM_NOT_FOUND,
              "A virtual machine or container with the specified identifier does not exist."),
          Map.entry(
              SYSTEM_ALREADY_EXISTS,
              "A virtual machine or container with the specified identifier already exists."),
          Map.entry(
              SYSTEM_ALREADY_STOPPED,
              "The virtual machine or container with the specified identifier is not running."),
          Map.entry(
              0xC0370111,
              "A communication protocol error has occurred between the virtual machine or container and the host."),
          Map.entry(
              INVALID_LAYER, "The container image contains a layer with an unrecognized format."),
          Map.entry(
              0xC0370113,
              "To use this container image, you must join the Windows Insider Program. Please see https://go.microsoft.com/fwlink/?linkid=850659 for more information."),
          Map.entry(FILE_NOT_FOUND, "The system cannot find the file specified."),
          Map.entry(PATH_NOT_FOUND, "The system cannot find the path specified."),
          Map.entry(ACCESS_DENIED, "Access is denied."),
          Map.entry(INVALID_HANDLE, "The handle is invalid."),
          Map.entry(INVALID_DATA, "The data is invalid."),
          Map.entry(
              SHARING_VIOLATION,
              "The process cannot access the file because it is being used by another process."),
          Map.entry(NOT_SUPPORTED, "The request is not supported."),
          Map.entry(FILE_EXISTS, "The file exists."),
          Map.entry(INVALID_PARAMETER, "The parameter is incorrect."),
          Map.entry(BROKEN_PIPE, "The pipe has been ended."),
          Map.entry(DISK_FULL, "There is not enough space on the disk."),
          Map.entry(
              INVALID_NAME, "The filename, directory name, or volume label syntax is incorrect."),
          Map.entry(MOD_NOT_FOUND, "The specified module could not be found."),
          Map.entry(PROC_NOT_FOUND, "The specified procedure could not be found."),
          Map.entry(ALREADY_EXISTS, "Cannot create a file when that file already exists."),
          Map.entry(DIRECTORY_NAME_INVALID, "The directory name is invalid."),
          Map.entry(NOT_FOUND, "Element not found."),
          Map.entry(LOGON_FAILURE, "The user name or password is incorrect."),
          Map.entry(
              COMMITMENT_LIMIT, "The paging file is too small for this operation to complete."));

  private HcsErrors() {}

  /** Code of a failed HRESULT: the Win32 code inside facility 7, else the value itself. */
  public static int codeOf(int hresult) {
    return (hresult & 0x1FFF0000) == 0x00070000 ? hresult & 0xFFFF : hresult;
  }

  /** The 0xC037nnnn form of a code of the range both number spaces share (0100 to 0113). */
  public static int normalise(int code) {
    int low = code & 0xFFFF;
    return (code & 0xFFFF0000) == 0x80370000 && low >= 0x100 && low <= 0x113
        ? 0xC0370000 | low
        : code;
  }

  /** English text of a code as Windows has it; {@code winapi error #<decimal>} when unknown. */
  public static String text(int code) {
    String text = TEXTS.get(normalise(code));
    return text != null ? text : "winapi error #" + Integer.toUnsignedString(code);
  }

  /**
   * Name of a code, for example {@code ERROR_VMCOMPUTE_INVALID_STATE}; hexadecimal when unknown.
   */
  public static String name(int code) {
    return HcsErrorNames.of(code);
  }

  public static boolean isNotFound(int code) {
    int c = normalise(code);
    return c == SYSTEM_NOT_FOUND || c == NOT_FOUND;
  }

  public static boolean isAlreadyStopped(int code) {
    int c = normalise(code);
    return c == SYSTEM_ALREADY_STOPPED || c == PROCESS_ALREADY_STOPPED || c == NOT_FOUND;
  }

  public static boolean isNotSupported(int code) {
    int c = normalise(code);
    return c == INVALID_JSON || c == UNKNOWN_MESSAGE || c == INVALID_DATA || c == NOT_SUPPORTED;
  }

  public static boolean isOutOfMemory(int code) {
    return OUT_OF_MEMORY.contains(code);
  }
}
