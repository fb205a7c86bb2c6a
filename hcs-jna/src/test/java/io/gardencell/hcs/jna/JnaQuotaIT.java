package io.gardencell.hcs.jna;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.HostQuotaContract;

/** Run by acceptance/win64/run.sh only. */
class JnaQuotaIT extends HostQuotaContract {

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }
}
