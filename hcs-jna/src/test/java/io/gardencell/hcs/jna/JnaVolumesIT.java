package io.gardencell.hcs.jna;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.HostVolumesContract;

/** Run by acceptance/win64/run.sh only. */
class JnaVolumesIT extends HostVolumesContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
