package io.gardencell.image.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gardencell.api.oci.OciWindows;
import io.gardencell.api.spi.DiskUsage;
import io.gardencell.api.spi.RootFilesystem;
import io.gardencell.image.GrootImage;
import java.util.List;
import java.util.Set;

/** What the command prints: the reference's documents and ours (groot-image.md §6). Stateless. */
final class GrootDocuments {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String OCI_VERSION = "1.2.1";

  private GrootDocuments() {}

  static ObjectNode created(RootFilesystem made) {
    ObjectNode json = JSON.createObjectNode().put("ociVersion", OCI_VERSION);
    if (!made.env().isEmpty()) {
      ObjectNode process = json.putObject("process");
      process.putObject("user").put("uid", 0).put("gid", 0);
      made.env().forEach(process.putArray("env")::add);
      process.put("cwd", "");
    }
    json.putObject("root").put("path", made.rootPath());
    OciWindows windows = made.windows();
    if (windows != null) {
      windows.layerFolders().forEach(json.putObject("windows").putArray("layerFolders")::add);
    }
    return json;
  }

  static ObjectNode stats(DiskUsage usage) {
    ObjectNode json = JSON.createObjectNode();
    json.putObject("disk_usage")
        .put("total_bytes_used", usage.totalBytes())
        .put("exclusive_bytes_used", usage.exclusiveBytes());
    return json;
  }

  static ObjectNode removed(List<String> chainIds) {
    ObjectNode json = JSON.createObjectNode();
    chainIds.forEach(json.putArray("removed")::add);
    return json;
  }

  static ObjectNode list(GrootImage groot) {
    ObjectNode json = JSON.createObjectNode();
    ArrayNode layers = json.putArray("layers");
    for (String chainId : groot.layers()) {
      layers.addObject().put("chainID", chainId).put("size", groot.layerSize(chainId).orElse(0));
    }
    ArrayNode volumes = json.putArray("volumes");
    Set<String> whole = groot.wholeVolumes();
    for (String handle : groot.handles()) {
      volumes.addObject().put("handle", handle).put("complete", whole.contains(handle));
    }
    return json;
  }

  static ObjectNode capacity(long bytes) {
    return JSON.createObjectNode().put("capacity", bytes);
  }
}
