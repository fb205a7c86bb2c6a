package io.gardencell.hcs.jna.volume;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.HostVolumesContract;
import io.gardencell.hcs.jna.StandInFixture;

/** Run by acceptance/win64/run.sh only. */
class JnaVolumesIT extends HostVolumesContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
