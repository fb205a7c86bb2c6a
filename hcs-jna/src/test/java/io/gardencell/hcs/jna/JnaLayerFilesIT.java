package io.gardencell.hcs.jna;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.LayerFilesContract;

/** Run by acceptance/win64/run.sh only. */
class JnaLayerFilesIT extends LayerFilesContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
