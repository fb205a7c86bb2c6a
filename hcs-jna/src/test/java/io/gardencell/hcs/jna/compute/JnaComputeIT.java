package io.gardencell.hcs.jna.compute;

import io.gardencell.hcs.HostComputeContract;
import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.jna.StandInFixture;

/** Run by acceptance/win64/run.sh only. */
class JnaComputeIT extends HostComputeContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
