package io.gardencell.hcs.jna.volume;

/**
 * The COM methods we call, by their slots in the vtable: IUnknown has 0 to 2, IDispatch 3 to 6
 * (fsrmquota.h, dskquota.h; hcs-abi.md section 12).
 */
enum ComMethod {
  RELEASE("com", "IUnknown.Release", 2),

  FSRM_CREATE_QUOTA("fsrm", "IFsrmQuotaManager.CreateQuota", 9),
  FSRM_GET_QUOTA("fsrm", "IFsrmQuotaManager.GetQuota", 11),
  FSRM_COMMIT("fsrm", "IFsrmQuota.Commit", 11),
  FSRM_PUT_QUOTA_LIMIT("fsrm", "IFsrmQuota.put_QuotaLimit", 13),
  FSRM_GET_QUOTA_USED("fsrm", "IFsrmQuota.get_QuotaUsed", 28),

  INITIALIZE("dskquota", "IDiskQuotaControl.Initialize", 5),
  SET_QUOTA_STATE("dskquota", "IDiskQuotaControl.SetQuotaState", 6),
  GET_QUOTA_STATE("dskquota", "IDiskQuotaControl.GetQuotaState", 7),
  SET_DEFAULT_QUOTA_THRESHOLD("dskquota", "IDiskQuotaControl.SetDefaultQuotaThreshold", 10),
  SET_DEFAULT_QUOTA_LIMIT("dskquota", "IDiskQuotaControl.SetDefaultQuotaLimit", 13),
  GET_DEFAULT_QUOTA_LIMIT("dskquota", "IDiskQuotaControl.GetDefaultQuotaLimit", 14),
  CREATE_ENUM_USERS("dskquota", "IDiskQuotaControl.CreateEnumUsers", 21),
  NEXT_USER("dskquota", "IEnumDiskQuotaUsers.Next", 3),
  GET_QUOTA_USED("dskquota", "IDiskQuotaUser.GetQuotaUsed", 11);

  private final String library;
  private final String function;
  private final int slot;

  ComMethod(String library, String function, int slot) {
    this.library = library;
    this.function = function;
    this.slot = slot;
  }

  /** The word of the table in docs/native-functions.md for the server of the interface. */
  String library() {
    return library;
  }

  /** Interface and method. */
  String function() {
    return function;
  }

  int slot() {
    return slot;
  }
}
