package io.gardencell.emulator;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.LayerFilesContract;

class EmulatedLayerFilesTest extends LayerFilesContract {

  @Override
  protected HostFixture open() {
    return new EmulatedFixture();
  }
}
