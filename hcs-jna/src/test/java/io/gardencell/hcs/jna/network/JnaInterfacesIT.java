package io.gardencell.hcs.jna.network;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.HostInterfacesContract;
import io.gardencell.hcs.jna.StandInFixture;

/** Run by acceptance/win64/run.sh only. */
class JnaInterfacesIT extends HostInterfacesContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
