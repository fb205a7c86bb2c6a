package io.gardencell.emulator;

import io.gardencell.hcs.ComputeProcessContract;
import io.gardencell.hcs.HostFixture;

class EmulatedProcessTest extends ComputeProcessContract {

  @Override
  protected HostFixture open() {
    return new EmulatedFixture();
  }
}
