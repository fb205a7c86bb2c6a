package io.gardencell.hcs.jna;

import io.gardencell.hcs.HostEndpointsContract;
import io.gardencell.hcs.HostFixture;

/** Run by acceptance/win64/run.sh only. */
class JnaEndpointsIT extends HostEndpointsContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
