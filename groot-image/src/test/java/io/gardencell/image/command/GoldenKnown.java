package io.gardencell.image.command;

import java.util.Map;
import java.util.TreeMap;

/** Vectors to which we answer otherwise on purpose; paragraphs are those of groot-image.md. */
final class GoldenKnown {

  private static final String NOT_FINISHED =
      "§22.2: a layer whose bytes or entries are refused is not finished, but removed";
  private static final String FINISH_FAILS =
      "§22.1: a layer that cannot be finished fails the pull and is removed";
  private static final String PATIENCE = "§22.7: five rounds with pauses, not three without";
  private static final String NO_STORE = "§20.13: the driver store is asked for before all else";

  private GoldenKnown() {}

  /** On the stand-in DLL. */
  static Map<String, String> onWindows() {
    Map<String, String> known = everywhere();
    known.put(
        "delete-fault-destroy-twice",
        "the stand-in counts the calls of a process, and this one has replayed other vectors");
    return known;
  }

  static Map<String, String> everywhere() {
    Map<String, String> known = new TreeMap<>();
    known.put("config-missing", "§22.30: the failure is told");
    known.put("create-fault-create", PATIENCE);
    known.put("create-fault-mount-path-second", "our port hides that the DLL is called twice");
    known.put("create-fault-quota-and-destroy", PATIENCE);
    known.put("create-id-with-separator", "§20.3: such a handle is refused");
    known.put("create-limit-below-content", NOT_FINISHED);
    known.put("create-limit-below-uncompressed", NOT_FINISHED);
    known.put("create-limit-large", "§20.4: the scratch disk is made large enough");
    known.put("create-store-unset", NO_STORE);
    known.put("delete-fault-destroy-always", PATIENCE);
    known.put("delete-fault-everything", PATIENCE);
    known.put("pull-attributes-malformed", NOT_FINISHED);
    known.put("pull-diff-id-wrong", NOT_FINISHED);
    known.put("pull-diff-ids-too-few", "§22.8: an error in place of a crash");
    known.put("pull-fault-import", FINISH_FAILS);
    known.put("pull-fault-process-base-image", FINISH_FAILS);
    known.put("pull-fault-process-utility-image", FINISH_FAILS);
    known.put("pull-file-twice", NOT_FINISHED);
    known.put("pull-hard-link-without-target", NOT_FINISHED);
    known.put("pull-layer-digest-differs", NOT_FINISHED);
    known.put("pull-layer-empty", FINISH_FAILS);
    known.put("pull-layer-missing", "§22.13: a file that is not there is looked for once");
    known.put("pull-layer-not-tar", NOT_FINISHED);
    known.put("pull-layer-size-differs", "§22.2: nothing is begun for a blob of the wrong size");
    known.put("pull-layer-size-malformed", "§9: a damaged layer is made again");
    known.put("pull-layer-spoiled", NOT_FINISHED);
    known.put("pull-layer-spoiled-second", NOT_FINISHED);
    known.put("pull-linux-image", "§20.1: a warning says so");
    known.put("pull-manifest-malformed", "§22.16: the digest is checked before it is read");
    known.put("pull-path-escapes", "§20.11: such a name is refused");
    known.put("pull-store-unset", NO_STORE);
    known.put("pull-whiteout-outside-files", NOT_FINISHED);
    known.put("stats-store-unset", NO_STORE);
    known.put("stats-two-layers", "§20.5: what was written counts also without a limit");
    return known;
  }
}
