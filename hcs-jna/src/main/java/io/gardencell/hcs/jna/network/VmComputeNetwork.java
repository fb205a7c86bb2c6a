package io.gardencell.hcs.jna.network;

import com.sun.jna.Library;
import com.sun.jna.WString;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.NullUnmarked;

/**
 * vmcompute.dll: the one door to the host network service (Source: hcsshim: internal/hns/hns.go).
 */
@NullUnmarked
interface VmComputeNetwork extends Library {

  int HNSCall(WString method, WString path, WString request, PointerByReference response);
}
