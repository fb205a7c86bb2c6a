package io.gardencell.emulator;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.HostInterfacesContract;

class EmulatedInterfacesTest extends HostInterfacesContract {

  @Override
  protected HostFixture open() {
    return new EmulatedFixture();
  }
}
