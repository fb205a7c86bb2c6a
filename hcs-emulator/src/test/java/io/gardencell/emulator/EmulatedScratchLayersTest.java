package io.gardencell.emulator;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.ScratchLayersContract;

class EmulatedScratchLayersTest extends ScratchLayersContract {

  @Override
  protected HostFixture open() {
    return new EmulatedFixture();
  }
}
