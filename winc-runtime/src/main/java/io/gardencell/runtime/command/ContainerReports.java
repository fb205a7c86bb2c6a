package io.gardencell.runtime.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gardencell.api.oci.OciSpec;
import io.gardencell.api.spi.ContainerStats;
import io.gardencell.runtime.ContainerStates;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands that tell of a container, as JSON indented by two. */
final class ContainerReports {

  private static final Logger log = LoggerFactory.getLogger(ContainerReports.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ContainerReports() {}

  static int state(Invocation call) throws JsonProcessingException {
    ContainerStates.Known known = call.known();
    ObjectNode state = MAPPER.createObjectNode();
    state.put("ociVersion", OciSpec.VERSION).put("id", call.id());
    state.put("status", known.status().word());
    if (known.file().pid() != 0) {
      state.put("pid", known.file().pid());
    }
    state.put("bundle", known.file().bundle());
    return call.print(text(state));
  }

  /** Asks in any case, so that an unknown container is a failure, and prints when told to. */
  static int events(Invocation call) throws JsonProcessingException {
    log.atDebug().addKeyValue("containerId", call.id()).log("retrieving container events and info");
    ContainerStats stats = call.containers().stats(call.id());
    return call.has("--stats") ? call.print(text(document(stats))) : 0;
  }

  private static ObjectNode document(ContainerStats stats) {
    ObjectNode root = MAPPER.createObjectNode();
    ObjectNode data = root.putObject("data");
    data.putObject("cpu")
        .putObject("usage")
        .put("total", stats.cpuTotalNanos())
        .put("kernel", stats.cpuKernelNanos())
        .put("user", stats.cpuUserNanos());
    ObjectNode raw = data.putObject("memory").putObject("raw");
    if (stats.memoryBytes() != 0) {
      raw.put("total_rss", stats.memoryBytes());
    }
    ObjectNode pids = data.putObject("pids");
    if (stats.processes() != 0) {
      pids.put("current", stats.processes());
    }
    return root;
  }

  private static String text(ObjectNode document) throws JsonProcessingException {
    return MAPPER
        .writer(new GoPrinter(new DefaultIndenter("  ", "\n")))
        .writeValueAsString(document);
  }
}
