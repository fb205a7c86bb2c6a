package io.gardencell.emulator;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.HostNetworksContract;

class EmulatedNetworksTest extends HostNetworksContract {

  @Override
  protected HostFixture open() {
    return new EmulatedFixture();
  }
}
