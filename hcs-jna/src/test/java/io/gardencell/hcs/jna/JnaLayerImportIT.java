package io.gardencell.hcs.jna;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.LayerImportContract;

/** Run by acceptance/win64/run.sh only. */
class JnaLayerImportIT extends LayerImportContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
