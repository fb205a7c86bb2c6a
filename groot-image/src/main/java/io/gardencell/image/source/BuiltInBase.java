package io.gardencell.image.source;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * The small base image of hosts that are not Windows: the directories that programs expect. Made
 * the same every time, so that it is one layer of the store.
 */
public final class BuiltInBase implements ImageSource {

  private static final List<String> DIRECTORIES =
      List.of(
          "Files/",
          "Files/Windows/",
          "Files/Windows/System32/",
          "Files/Windows/Temp/",
          "Files/Users/",
          "Files/Users/ContainerAdministrator/",
          "Files/Users/ContainerUser/",
          "Files/Users/Public/",
          "Files/Users/vcap/",
          "Files/Program Files/",
          "Files/ProgramData/",
          "Files/tmp/");

  private final byte[] tar = make();

  private static byte[] make() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out =
        new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name())) {
      for (String name : DIRECTORIES) {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setModTime(946684800000L);
        entry.setIds(0, 0);
        out.putArchiveEntry(entry);
        out.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  @Override
  public ImageDescription describe() {
    Digest digest = Digest.sha256(tar);
    LayerInfo layer =
        new LayerInfo(
            digest.toString(),
            digest,
            digest,
            digest.hex(),
            tar.length,
            "application/vnd.oci.image.layer.v1.tar",
            List.of());
    return new ImageDescription(List.of(layer), List.of());
  }

  @Override
  public InputStream open(LayerInfo layer) {
    return new ByteArrayInputStream(tar);
  }
}
