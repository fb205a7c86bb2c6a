package io.gardencell.hcs.jna.network;

import io.gardencell.hcs.HostEndpointsContract;
import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.jna.StandInFixture;

/** Run by acceptance/win64/run.sh only. */
class JnaEndpointsIT extends HostEndpointsContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
