package io.gardencell.hcs.jna.layer;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.gardencell.hcs.jna.win32.Guid;
import io.gardencell.hcs.jna.win32.Wide;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An array of WC_LAYER_DESCRIPTOR, 32 bytes each: GUID at 0, flags at 16, path at 24. Holds the
 * paths until closed. No parents are a NULL pointer and a count of 0.
 */
final class LayerDescriptors implements AutoCloseable {

  static final int BYTES = 32;

  private final List<Memory> paths = new ArrayList<>();
  private final @Nullable Memory array;
  private final int count;

  private LayerDescriptors(int count) {
    this.count = count;
    this.array = count == 0 ? null : new Memory((long) count * BYTES);
  }

  /**
   * Describes the layers, newest first.
   *
   * @param guid gives the id of a layer as text
   */
  static LayerDescriptors of(List<Path> layers, Function<Path, String> guid) {
    var descriptors = new LayerDescriptors(layers.size());
    Memory array = descriptors.array;
    if (array != null) {
      array.clear();
      for (int i = 0; i < layers.size(); i++) {
        Path layer = layers.get(i);
        Memory path = Wide.memory(layer.toString());
        descriptors.paths.add(path);
        array.write((long) i * BYTES, Guid.bytes(guid.apply(layer)), 0, Guid.BYTES);
        array.setPointer((long) i * BYTES + 24, path);
      }
    }
    return descriptors;
  }

  @Nullable Pointer pointer() {
    return array;
  }

  int count() {
    return count;
  }

  @Override
  public void close() {
    if (array != null) {
      array.close();
    }
    paths.forEach(Memory::close);
  }
}
