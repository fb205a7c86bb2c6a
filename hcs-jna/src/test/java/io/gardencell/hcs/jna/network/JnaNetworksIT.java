package io.gardencell.hcs.jna.network;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.HostNetworksContract;
import io.gardencell.hcs.jna.StandInFixture;

/** Run by acceptance/win64/run.sh only. */
class JnaNetworksIT extends HostNetworksContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
