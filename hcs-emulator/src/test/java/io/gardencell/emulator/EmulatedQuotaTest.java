package io.gardencell.emulator;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.HostQuotaContract;

class EmulatedQuotaTest extends HostQuotaContract {

  @Override
  protected HostFixture open() {
    return new EmulatedFixture();
  }
}
