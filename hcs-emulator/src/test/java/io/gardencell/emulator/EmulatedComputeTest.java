package io.gardencell.emulator;

import io.gardencell.hcs.HostComputeContract;
import io.gardencell.hcs.HostFixture;

class EmulatedComputeTest extends HostComputeContract {

  @Override
  protected HostFixture open() {
    return new EmulatedFixture();
  }
}
