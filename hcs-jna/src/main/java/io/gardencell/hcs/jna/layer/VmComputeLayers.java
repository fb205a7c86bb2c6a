package io.gardencell.hcs.jna.layer;

import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.WString;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.NullUnmarked;

/**
 * vmcompute.dll: layers. {@code info} is a DriverInfo, {@code id} the layer's absolute path,
 * parents an array of WC_LAYER_DESCRIPTOR, newest first (Source: hcsshim:
 * internal/wclayer/wclayer.go).
 */
@NullUnmarked
interface VmComputeLayers extends Library {

  int NameToGuid(WString name, Pointer guid);

  int LayerExists(Pointer info, WString id, IntByReference exists);

  int CreateLayer(Pointer info, WString id, WString parent);

  int CreateSandboxLayer(Pointer info, WString id, Pointer parent, Pointer parents, int count);

  int ActivateLayer(Pointer info, WString id);

  int PrepareLayer(Pointer info, WString id, Pointer parents, int count);

  int UnprepareLayer(Pointer info, WString id);

  int DeactivateLayer(Pointer info, WString id);

  int DestroyLayer(Pointer info, WString id);

  int GetLayerMountPath(Pointer info, WString id, LongByReference length, Pointer buffer);

  int ExpandSandboxSize(Pointer info, WString id, long bytes);

  int ImportLayer(Pointer info, WString id, WString importFolder, Pointer parents, int count);

  int ExportLayer(Pointer info, WString id, WString exportFolder, Pointer parents, int count);

  int CopyLayer(Pointer info, WString sourceId, WString targetId, Pointer parents, int count);

  int GetBaseImages(PointerByReference images);

  int GrantVmAccess(WString vmId, WString file);

  int ProcessBaseImage(WString path);

  int ProcessUtilityImage(WString path);
}
