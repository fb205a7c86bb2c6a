package io.gardencell.runtime.bundle;

import io.gardencell.api.GardenException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * What is wrong with a document: each finding is logged, all come in one failure (Source: winc:
 * runtime/config).
 *
 * @param containerId whose document it is, for the log
 * @param bundle its bundle; empty for a process of {@code exec}
 */
public record Findings(String containerId, String bundle) {

  private static final Logger log = LoggerFactory.getLogger(Findings.class);

  /** The failure for what was found in a {@code config.json}. */
  GardenException inBundle(List<String> findings) {
    return failure(
        "bundle config.json is invalid: " + bundle + ":",
        "error in bundle config.json",
        "bundleConfigError",
        findings);
  }

  /** The failure for what was found in the settings of a process. */
  GardenException inProcess(List<String> findings) {
    return failure(
        "process config is invalid:", "error in process config", "processConfigError", findings);
  }

  private GardenException failure(
      String headline, String event, String key, List<String> findings) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("bundle", bundle);
    fields.put("containerId", containerId);
    StringBuilder text = new StringBuilder(headline);
    for (String finding : findings) {
      LoggingEventBuilder line = log.atError().addKeyValue(key, finding);
      fields.forEach((name, value) -> add(line, name, value));
      line.log(event);
      text.append("\n\t").append(finding);
    }
    return GardenException.failure(text.toString());
  }

  @SuppressWarnings("CheckReturnValue") // the builder is the same object
  private static void add(LoggingEventBuilder line, String name, String value) {
    if (!value.isEmpty()) {
      line.addKeyValue(name, value);
    }
  }
}
