package io.gardencell.hcs.jna;

import io.gardencell.hcs.ComputeProcessContract;
import io.gardencell.hcs.HostFixture;

/** Run by acceptance/win64/run.sh only. */
class JnaComputeProcessIT extends ComputeProcessContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
