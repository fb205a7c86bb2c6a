package io.gardencell.hcs;

import java.nio.file.Path;
import java.util.List;

/** Turning written files into read-only layers (vmcompute.dll; hcsshim: internal/wclayer). */
public interface LayerImport {

  /**
   * NameToGuid: the stable id that HCS derives from a name.
   *
   * @return lower-case GUID text without braces
   */
  String nameToGuid(String name);

  /** ImportLayer: makes a differential layer from a folder in the legacy transport form. */
  void importLayer(Path layer, Path importFolder, List<Path> parents);

  /** ProcessBaseImage: finishes a base layer whose files were written in place. */
  void processBaseImage(Path layer);

  /** ProcessUtilityImage: finishes the {@code UtilityVM} folder of a layer. */
  void processUtilityImage(Path utilityVm);
}
