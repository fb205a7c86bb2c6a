package io.gardencell.hcs.jna.layer;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.ScratchLayersContract;
import io.gardencell.hcs.jna.StandInFixture;

/** Run by acceptance/win64/run.sh only. */
class JnaScratchLayersIT extends ScratchLayersContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
