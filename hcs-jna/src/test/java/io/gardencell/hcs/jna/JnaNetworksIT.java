package io.gardencell.hcs.jna;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.HostNetworksContract;

/** Run by acceptance/win64/run.sh only. */
class JnaNetworksIT extends HostNetworksContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
