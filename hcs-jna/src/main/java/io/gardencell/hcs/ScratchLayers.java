package io.gardencell.hcs;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Life cycle of sandbox layers, one method per function of vmcompute.dll (hcsshim:
 * internal/wclayer). Made by create, activate, prepare; removed by unprepare, deactivate, destroy.
 * Parents are given newest first, base last. Only one {@link #prepare} runs at a time on a host;
 * implementations see to that.
 */
public interface ScratchLayers {

  /** Whether a layer exists at the path; any failure means "cannot tell". */
  boolean exists(Path layer);

  /** CreateSandboxLayer: makes the scratch disk. */
  void create(Path layer, List<Path> parents);

  /** ActivateLayer: attaches the disk. */
  void activate(Path layer);

  /** PrepareLayer: attaches the filter, the volume then shows the merged tree. */
  void prepare(Path layer, List<Path> parents);

  /** GetLayerMountPath: {@code \\?\Volume{GUID}\} of a prepared layer; empty when there is none. */
  Optional<String> mountPath(Path layer);

  /** UnprepareLayer. */
  void unprepare(Path layer);

  /** DeactivateLayer. */
  void deactivate(Path layer);

  /** DestroyLayer: removes a layer, read-only ones too, with its directory. */
  void destroy(Path layer);

  /** ExpandSandboxSize, to at least this many bytes; takes effect at prepare. */
  void expand(Path layer, long bytes);
}
