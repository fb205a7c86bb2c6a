package io.gardencell.runtime.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Windows bundle must hold (Source: winc: runtime/config/bundle; runtime-tools: validate).
 */
final class BundleRules {

  private static final String PLATFORM =
      "https://github.com/opencontainers/runtime-spec/blob/v1.2.1/config.md#platform-specific-configuration";
  private static final Pattern SEMVER =
      Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?");

  private BundleRules() {}

  /** All findings, in the reference's order; empty for a good bundle. */
  static List<String> findings(JsonNode spec) {
    List<String> findings = new ArrayList<>();
    JsonNode root = JsonMembers.member(spec, "root");
    if (!JsonMembers.member(spec, "windows").isObject()) {
      findings.add("'windows' MUST be set when platform is `windows`\nRefer to: " + PLATFORM);
    }
    OciShape.SPEC.check(spec, findings);
    version(JsonMembers.member(spec, "ociVersion").asText(), findings);
    if (!root.isObject()) {
      findings.add("'root' MUST be set when platform is `windows`");
    } else if (JsonMembers.member(root, "path").asText().isEmpty()) {
      findings.add("'Spec.Root.Path' should not be empty.");
    }
    return findings;
  }

  private static void version(String version, List<String> findings) {
    if (version.isEmpty()) {
      findings.add("\"\" is not a valid SemVer: Version string empty");
      return;
    }
    Matcher matcher = SEMVER.matcher(version);
    if (!matcher.matches()) {
      findings.add(
          "\"%s\" is not a valid SemVer: No Major.Minor.Patch elements found".formatted(version));
    } else if (!"1".equals(matcher.group(1))) {
      findings.add(
          "validate currently only handles version 1.*, but the supplied configuration targets "
              + version);
    }
  }
}
