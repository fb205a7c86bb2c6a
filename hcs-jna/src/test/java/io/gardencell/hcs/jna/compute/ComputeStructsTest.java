package io.gardencell.hcs.jna.compute;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.gardencell.hcs.document.Statistics;
import org.junit.jupiter.api.Test;

/** Sizes and offsets, and constants as the headers have them; they hold on any 64-bit system. */
class ComputeStructsTest {

  // hcs-abi.md §18 case 5
  @Test
  void processInformationHasItsFieldsWhereHcsPutsThem() {
    ProcessInformation info = new ProcessInformation();
    Pointer memory = info.getPointer();
    memory.setInt(0, 4711);
    memory.setLong(8, 11);
    memory.setLong(16, 12);
    memory.setLong(24, 13);

    info.read();

    assertThat(info.size()).isEqualTo(32);
    assertThat(info.processId).isEqualTo(4711);
    assertThat(Pointer.nativeValue(info.stdInput)).isEqualTo(11);
    assertThat(Pointer.nativeValue(info.stdOutput)).isEqualTo(12);
    assertThat(Pointer.nativeValue(info.stdError)).isEqualTo(13);
  }

  // hcs-abi.md §18 case 41: decoding of classes 1, 3 and 28
  @Test
  void jobInformationIsDecoded() {
    try (Memory accounting = new Memory(SiloJob.ACCOUNTING_BYTES);
        Memory memory = new Memory(SiloJob.MEMORY_BYTES);
        Memory list = new Memory(8 + 3 * 8)) {
      assertThat(accounting.size()).isEqualTo(48);
      assertThat(memory.size()).isEqualTo(16);
      accounting.clear();
      accounting.setLong(0, 11);
      accounting.setLong(8, 31);
      accounting.setLong(16, 1000);
      memory.setLong(0, 4096);
      memory.setLong(8, 8192);
      list.setInt(0, 3);
      list.setInt(4, 2);
      list.setLong(8, 276);
      list.setLong(16, 0x1_0000_0000L);
      list.setLong(24, 5);

      Statistics figures = SiloJob.statistics(accounting, memory);

      assertThat(figures.processor()).isEqualTo(new Statistics.Processor(42, 11, 31));
      assertThat(figures.memory()).isEqualTo(new Statistics.Memory(4096, 8192, 0));
      assertThat(SiloJob.listed(list)).containsExactly(276L, 0x1_0000_0000L);
    }
    assertThat(SiloJob.QUERY).isEqualTo(4);
  }
}
