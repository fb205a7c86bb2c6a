package io.gardencell.hcs.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class AdditionalJsonTest {

  private static final SystemDocument.Builder DOCUMENT =
      SystemDocument.container().volumePath("v").layers(List.of(new LayerReference("g", "l")));

  @Test
  void withoutAdditionsTheDocumentIsAsItWas() {
    assertThat(DOCUMENT.additionalJson("").build().json())
        .startsWith("{\"SystemType\":\"Container\",\"Name\":\"\"")
        .doesNotContain("additional");
  }

  // winc-runtime.md §4.1: its values win, objects are merged, keys are sorted
  @Test
  void additionsWinAndKeysAreSorted() {
    String merged =
        DOCUMENT
            .additionalJson("{\"VolumePath\":\"w\",\"A\":{\"z\":1,\"y\":[{\"b\":1,\"a\":2}]}}")
            .build()
            .json();

    assertThat(merged)
        .isEqualTo(
            "{\"A\":{\"y\":[{\"b\":1,\"a\":2}],\"z\":1},\"HvPartition\":false,\"LayerFolderPath\":\"ignored\","
                + "\"Layers\":[{\"ID\":\"g\",\"Path\":\"l\"}],\"Name\":\"\",\"SystemType\":\"Container\",\"VolumePath\":\"w\"}");
    assertThat(AdditionalJson.merge("{\"A\":{\"x\":1,\"y\":2}}", "{\"A\":{\"y\":3}}"))
        .isEqualTo("{\"A\":{\"x\":1,\"y\":3}}");
  }

  @Test
  void whatIsNoObjectIsRefused() {
    for (String json : List.of("[1]", "{", "{} x", "7")) {
      assertThatThrownBy(() -> DOCUMENT.additionalJson(json).build().json())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("failed to merge additional JSON '" + json + "': ");
    }
  }
}
