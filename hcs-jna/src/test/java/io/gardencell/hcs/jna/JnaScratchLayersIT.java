package io.gardencell.hcs.jna;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.ScratchLayersContract;

/** Run by acceptance/win64/run.sh only. */
class JnaScratchLayersIT extends ScratchLayersContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
