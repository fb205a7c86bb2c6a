package io.gardencell.hcs.jna.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.hcs.jna.FunctionTable;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** docs/native-functions.md and the COM methods we call say the same. */
class ComMethodTest {

  @Test
  void theTableNamesExactlyTheMethodsThatAreCalled() throws IOException {
    assertThat(FunctionTable.rows())
        .filteredOn(row -> row.isBound() && row.isComMethod())
        .extracting(FunctionTable.Row::name)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ComMethod.values())
                .map(method -> method.library() + " " + method.function())
                .toList());
  }

  // hcs-abi.md §18 case 34: the slots
  @Test
  void theTableNamesTheSlotOfEachComMethod() throws IOException {
    for (ComMethod method : ComMethod.values()) {
      if (method != ComMethod.RELEASE) {
        assertThat(FunctionTable.rows())
            .filteredOn(row -> row.function().equals(method.function()))
            .extracting(FunctionTable.Row::note)
            .containsExactly("slot " + method.slot());
      }
    }
  }
}
