package io.gardencell.emulator;

import io.gardencell.hcs.HostEndpointsContract;
import io.gardencell.hcs.HostFixture;

class EmulatedEndpointsTest extends HostEndpointsContract {

  @Override
  protected HostFixture open() {
    return new EmulatedFixture();
  }
}
