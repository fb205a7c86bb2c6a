package io.gardencell.image.source;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * Chooses the instance of a manifest list for a host (Source: hcsshim:
 * osversion/platform_compat_windows.go).
 *
 * @param hostBuild Windows build of the host, 0 if unknown: then every build fits
 * @param linuxToo whether a Linux image will do where there is no Windows one
 */
public record Platform(int hostBuild, boolean linuxToo) {

  /** The best entry of an index. */
  Optional<JsonNode> choose(JsonNode manifests) {
    Optional<JsonNode> windows = best(manifests, "windows");
    return windows.isPresent() || !linuxToo ? windows : best(manifests, "linux");
  }

  private Optional<JsonNode> best(JsonNode manifests, String os) {
    JsonNode best = null;
    long bestScore = -1;
    for (JsonNode entry : manifests) {
      long score = score(entry, os);
      if (score > bestScore) {
        best = entry;
        bestScore = score;
      }
    }
    return Optional.ofNullable(best);
  }

  private long score(JsonNode entry, String os) {
    JsonNode platform = entry.path("platform");
    boolean zstd =
        entry
            .path("annotations")
            .path("io.github.containers.compression.zstd")
            .asText("")
            .equals("true");
    long bonus = zstd ? 0 : 1;
    if (platform.isMissingNode() || platform.isNull()) {
      return bonus;
    }
    if (!platform.path("os").asText().equals(os)
        || !platform.path("architecture").asText().equals("amd64")
        || !platform.path("variant").asText("").isEmpty()) {
      return -1;
    }
    String[] version = platform.path("os.version").asText("").split("\\.", -1);
    if (version.length < 3) {
      return 2 + bonus;
    }
    int build = number(version[2]);
    if (!fits(build)) {
      return -1;
    }
    int revision = version.length > 3 ? number(version[3]) : 0;
    long same = build == hostBuild ? 1L << 50 : 0;
    return same + ((long) build << 22) + ((long) Math.min(revision, 1 << 20) << 1) + 4 + bonus;
  }

  private boolean fits(int build) {
    if (hostBuild == 0 || build == hostBuild) {
      return true;
    }
    if (hostBuild < 20348) {
      return false;
    }
    int oldest = hostBuild > 26100 ? 26100 : 20348;
    return build >= oldest && build <= hostBuild;
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  String missing(String kind) {
    return "choosing image instance: no image found in "
        + kind
        + " for architecture \"amd64\", variant \"\", OS \"windows\""
        + (hostBuild == 0 ? "" : " compatible with host 10.0." + hostBuild);
  }
}
