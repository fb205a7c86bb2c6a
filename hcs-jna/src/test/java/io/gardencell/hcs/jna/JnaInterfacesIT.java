package io.gardencell.hcs.jna;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.HostInterfacesContract;

/** Run by acceptance/win64/run.sh only. */
class JnaInterfacesIT extends HostInterfacesContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
