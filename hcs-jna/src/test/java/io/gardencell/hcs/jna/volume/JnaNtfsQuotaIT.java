package io.gardencell.hcs.jna.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.hcs.HostFixture;
import io.gardencell.hcs.HostQuotaContract;
import io.gardencell.hcs.jna.StandIn;
import io.gardencell.hcs.jna.StandInFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Quotas of a host without FSRM. Run by acceptance/win64/run.sh only. */
class JnaNtfsQuotaIT extends HostQuotaContract {

  private static final Path UNREGISTERED =
      Path.of(String.valueOf(System.getenv("FAKEHCS_ROOT"))).resolve("unregistered.txt");

  private int fsrmCalls;

  @BeforeAll
  static void removeFsrm() throws IOException {
    Files.writeString(UNREGISTERED, "FsrmQuotaManager");
  }

  @AfterAll
  static void bringFsrmBack() throws IOException {
    Files.delete(UNREGISTERED);
  }

  @Override
  protected HostFixture open() {
    return new StandInFixture();
  }

  @BeforeEach
  void countFsrmCalls() {
    fsrmCalls = new StandIn().journal("SetQuota").size();
  }

  @AfterEach
  void assertThatFsrmWasNotUsed() {
    assertThat(new StandIn().journal("SetQuota")).hasSize(fsrmCalls);
  }
}
