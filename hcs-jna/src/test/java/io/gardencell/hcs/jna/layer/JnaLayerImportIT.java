package io.gardencell.hcs.jna.layer;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.LayerImportContract;
import io.gardencell.hcs.jna.StandInFixture;

/** Run by acceptance/win64/run.sh only. */
class JnaLayerImportIT extends LayerImportContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
