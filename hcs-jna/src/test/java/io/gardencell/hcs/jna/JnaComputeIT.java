package io.gardencell.hcs.jna;

import io.gardencell.hcs.HostComputeContract;
import io.gardencell.hcs.HostFixture;

/** Run by acceptance/win64/run.sh only. */
class JnaComputeIT extends HostComputeContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
