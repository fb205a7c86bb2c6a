package io.gardencell.emulator;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.LayerImportContract;

class EmulatedLayerImportTest extends LayerImportContract {

  @Override
  protected HostFixture open() {
    return new EmulatedFixture();
  }
}
