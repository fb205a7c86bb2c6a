package io.gardencell.hcs;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Names of codes as winerror.h and the HCS and HNS headers have them (hcs-abi.md section 6). The
 * conditions of HCS that exist in two number spaces have a name in each.
 */
final class HcsErrorNames {

  /** Low words from 0100 on, shared by ERROR_VMCOMPUTE_ (0xC037) and HCS_E_ (0x8037). */
  private static final String[] SHARED = {
    "TERMINATED_DURING_START",
    "IMAGE_MISMATCH",
    "HYPERV_NOT_INSTALLED",
    "OPERATION_PENDING",
    "TOO_MANY_NOTIFICATIONS",
    "INVALID_STATE",
    "UNEXPECTED_EXIT",
    "TERMINATED",
    "CONNECT_FAILED",
    "TIMEOUT",
    "CONNECTION_CLOSED",
    "UNKNOWN_MESSAGE",
    "UNSUPPORTED_PROTOCOL_VERSION",
    "INVALID_JSON",
    "SYSTEM_NOT_FOUND",
    "SYSTEM_ALREADY_EXISTS",
    "SYSTEM_ALREADY_STOPPED",
    "PROTOCOL_ERROR",
    "INVALID_LAYER",
    "WINDOWS_INSIDER_REQUIRED",
  };

  /** Low words from 0114 on, HCS_E_ only. */
  private static final String[] NEWER = {
    "SERVICE_NOT_AVAILABLE",
    "OPERATION_NOT_STARTED",
    "OPERATION_ALREADY_STARTED",
    "OPERATION_PENDING",
    "OPERATION_TIMEOUT",
    "OPERATION_SYSTEM_CALLBACK_ALREADY_SET",
    "OPERATION_RESULT_ALLOCATION_FAILED",
    "ACCESS_DENIED",
    "GUEST_CRITICAL_ERROR",
    "PROCESS_INFO_NOT_AVAILABLE",
    "SERVICE_DISCONNECT",
    "PROCESS_ALREADY_STOPPED",
    "SYSTEM_NOT_CONFIGURED_FOR_OPERATION",
    "OPERATION_ALREADY_CANCELLED",
  };

  private static final Map<Integer, String> NAMES = names();

  private HcsErrorNames() {}

  /** The name; the code in hexadecimal when it has none here. */
  static String of(int code) {
    String name = NAMES.get(code);
    return name != null ? name : String.format(Locale.ROOT, "0x%x", code);
  }

  private static Map<Integer, String> names() {
    Map<Integer, String> names = new HashMap<>();
    for (int i = 0; i < SHARED.length; i++) {
      names.put(0xC0370100 + i, "ERROR_VMCOMPUTE_" + SHARED[i]);
      names.put(0x80370100 + i, "HCS_E_" + SHARED[i]);
    }
    names.put(0x80370109, "HCS_E_CONNECTION_TIMEOUT");
    // pending and too many notifications are known to the older interface alone
    names.remove(0x80370103);
    names.remove(0x80370104);
    for (int i = 0; i < NEWER.length; i++) {
      names.put(0x80370114 + i, "HCS_E_" + NEWER[i]);
    }
    names.putAll(win32());
    names.putAll(hns());
    return Map.copyOf(names);
  }

  private static Map<Integer, String> win32() {
    return Map.ofEntries(
        Map.entry(0x2, "ERROR_FILE_NOT_FOUND"),
        Map.entry(0x3, "ERROR_PATH_NOT_FOUND"),
        Map.entry(0x5, "ERROR_ACCESS_DENIED"),
        Map.entry(0x6, "ERROR_INVALID_HANDLE"),
        Map.entry(0xd, "ERROR_INVALID_DATA"),
        Map.entry(0x15, "ERROR_NOT_READY"),
        Map.entry(0x20, "ERROR_SHARING_VIOLATION"),
        Map.entry(0x32, "ERROR_NOT_SUPPORTED"),
        Map.entry(0x50, "ERROR_FILE_EXISTS"),
        Map.entry(0x57, "ERROR_INVALID_PARAMETER"),
        Map.entry(0x6d, "ERROR_BROKEN_PIPE"),
        Map.entry(0x6f, "ERROR_BUFFER_OVERFLOW"),
        Map.entry(0x70, "ERROR_DISK_FULL"),
        Map.entry(0x7b, "ERROR_INVALID_NAME"),
        Map.entry(0x7e, "ERROR_MOD_NOT_FOUND"),
        Map.entry(0x7f, "ERROR_PROC_NOT_FOUND"),
        Map.entry(0x91, "ERROR_DIR_NOT_EMPTY"),
        Map.entry(0xb7, "ERROR_ALREADY_EXISTS"),
        Map.entry(0xe8, "ERROR_NO_DATA"),
        Map.entry(0x10b, "ERROR_DIRECTORY"),
        Map.entry(0x3e3, "ERROR_OPERATION_ABORTED"),
        Map.entry(0x3e5, "ERROR_IO_PENDING"),
        Map.entry(0x48f, "ERROR_DEVICE_NOT_CONNECTED"),
        Map.entry(0x490, "ERROR_NOT_FOUND"),
        Map.entry(0x514, "ERROR_NOT_ALL_ASSIGNED"),
        Map.entry(0x52e, "ERROR_LOGON_FAILURE"),
        Map.entry(0x5af, "ERROR_COMMITMENT_LIMIT"),
        Map.entry(0x6be, "RPC_S_CALL_FAILED"),
        Map.entry(0x71a, "RPC_S_CALL_CANCELLED"),
        Map.entry(0x1126, "ERROR_NOT_A_REPARSE_POINT"),
        Map.entry(0x36b1, "ERROR_SXS_CANT_GEN_ACTCTX"),
        Map.entry(0x80040154, "REGDB_E_CLASSNOTREG"),
        Map.entry(0x80045301, "FSRM_E_NOT_FOUND"),
        Map.entry(0x80045303, "FSRM_E_ALREADY_EXISTS"),
        Map.entry(0x80045304, "FSRM_E_PATH_NOT_FOUND"),
        Map.entry(0x80045306, "FSRM_E_INVALID_PATH"),
        Map.entry(0x80045307, "FSRM_E_INVALID_LIMIT"),
        Map.entry(0x80045313, "FSRM_E_DRIVER_NOT_READY"),
        Map.entry(0x80045315, "FSRM_E_VOLUME_UNSUPPORTED"),
        Map.entry(0x80045339, "FSRM_E_OBJECT_IN_USE"));
  }

  private static Map<Integer, String> hns() {
    return Map.ofEntries(
        Map.entry(0x803B0001, "HCN_E_NETWORK_NOT_FOUND"),
        Map.entry(0x803B0002, "HCN_E_ENDPOINT_NOT_FOUND"),
        Map.entry(0x803B0003, "HCN_E_LAYER_NOT_FOUND"),
        Map.entry(0x803B0004, "HCN_E_SWITCH_NOT_FOUND"),
        Map.entry(0x803B0005, "HCN_E_SUBNET_NOT_FOUND"),
        Map.entry(0x803B0006, "HCN_E_ADAPTER_NOT_FOUND"),
        Map.entry(0x803B0007, "HCN_E_PORT_NOT_FOUND"),
        Map.entry(0x803B0008, "HCN_E_POLICY_NOT_FOUND"),
        Map.entry(0x803B000A, "HCN_E_INVALID_NETWORK"),
        Map.entry(0x803B000B, "HCN_E_INVALID_NETWORK_TYPE"),
        Map.entry(0x803B000C, "HCN_E_INVALID_ENDPOINT"),
        Map.entry(0x803B000D, "HCN_E_INVALID_POLICY"),
        Map.entry(0x803B000E, "HCN_E_INVALID_POLICY_TYPE"),
        Map.entry(0x803B0010, "HCN_E_NETWORK_ALREADY_EXISTS"),
        Map.entry(0x803B0011, "HCN_E_LAYER_ALREADY_EXISTS"),
        Map.entry(0x803B0012, "HCN_E_POLICY_ALREADY_EXISTS"),
        Map.entry(0x803B0013, "HCN_E_PORT_ALREADY_EXISTS"),
        Map.entry(0x803B0014, "HCN_E_ENDPOINT_ALREADY_ATTACHED"),
        Map.entry(0x803B0015, "HCN_E_REQUEST_UNSUPPORTED"),
        Map.entry(0x803B0017, "HCN_E_DEGRADED_OPERATION"),
        Map.entry(0x803B001B, "HCN_E_INVALID_JSON"),
        Map.entry(0x803B001D, "HCN_E_ENDPOINT_SHARING_DISABLED"),
        Map.entry(0x803B001E, "HCN_E_INVALID_IP"),
        Map.entry(0x803B0020, "HCN_E_MANAGER_STOPPED"),
        Map.entry(0x803B002A, "HCN_E_ICS_DISABLED"));
  }
}
