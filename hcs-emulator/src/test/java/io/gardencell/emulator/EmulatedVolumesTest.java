package io.gardencell.emulator;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.HostVolumesContract;

class EmulatedVolumesTest extends HostVolumesContract {

  @Override
  protected HostFixture open() {
    return new EmulatedFixture();
  }
}
