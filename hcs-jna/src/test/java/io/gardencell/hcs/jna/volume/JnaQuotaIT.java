package io.gardencell.hcs.jna.volume;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.HostQuotaContract;
import io.gardencell.hcs.jna.StandInFixture;

/** Run by acceptance/win64/run.sh only. */
class JnaQuotaIT extends HostQuotaContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
