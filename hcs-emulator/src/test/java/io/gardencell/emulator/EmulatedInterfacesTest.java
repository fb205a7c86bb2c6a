package io.gardencell.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.HostInterface;
import io.gardencell.hcs.HostInterfacesContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EmulatedInterfacesTest extends HostInterfacesContract {

  private final EmulatedFixture fixture = new EmulatedFixture();

  @Override
  protected HostFixture open() {
    return fixture;
  }

  @Test
  void keepsNothingOfAnAdapterThatIsGone() {
    Host host = fixture.host();
    HostInterface adapter = host.interfaces().interfaces().get(0);
    host.interfaces().setMtu(adapter, 1400);
    Path adapters = fixture.directory().resolve("data/emulator/hns/adapters");
    assertThat(adapters).isNotEmptyDirectory();

    host.networks().deleteNetwork(host.networks().networks().get(0).id());

    assertThat(adapters).isEmptyDirectory();
  }
}
