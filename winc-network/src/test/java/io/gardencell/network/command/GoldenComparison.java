package io.gardencell.network.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gardencell.hcs.golden.GoldenVector;
import io.gardencell.hcs.golden.RecordedCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * What the specification wants in place of what the reference was seen to do: one rule for every
 * connection of a container (17.3), and the vectors in which something else is wanted, each with
 * the reason and with the places that differ. Whatever else differs is a complaint, and so is an
 * entry that differs no more.
 */
final class GoldenComparison {

  /**
   * What differs in one vector.
   *
   * @param reason why
   * @param places beginnings of the differences' names
   */
  private record Known(String reason, List<String> places) {}

  private static final String CHECKED = "checked before anything is called or taken (17.2)";
  private static final String JSON_WORDS = "the wording of JSON type errors is ours (2)";
  private static final String CRASH = "the reference crashes; input is checked or reduced (17.2)";
  private static final String RETRY = "worth another try, which succeeds (17.8)";
  private static final String AGAIN = "the MTU of a network that is there is set again (17.7)";
  private static final String RULES_FIRST =
      "rules are written before the container is attached (17.3), so other calls are undone";
  private static final String KEPT =
      "ports stay taken while the endpoint is there (17.3, 17.4; weaknesses 8 and 9)";
  private static final String RECORDED = "fixed ports are recorded and refused twice (17.6)";
  private static final String REBUILT = "a corrupt pool is rebuilt (17.6)";
  private static final String PORTS = "port-state.json";
  private static final String GONE =
      "create gives back ports of handles of which nothing is left (weakness 23)";

  private static final Set<String> QUERYING =
      Set.of("create", "--action=create", "delete", "--action=delete");

  private static final ArrayNode BLOCKS = new ObjectMapper().createArrayNode();

  static {
    for (String direction : List.of("Out", "In")) {
      BLOCKS
          .addObject()
          .put("Type", "ACL")
          .put("Protocol", 256)
          .put("Action", "Block")
          .put("Direction", direction);
    }
  }

  private static final Map<String, Known> KNOWN =
      Map.ofEntries(
          known("create-again", AGAIN, "calls"),
          known("create-again-other-mtu", AGAIN, "calls"),
          known("create-config-wrong-type", JSON_WORDS, "stderr", "log"),
          known(
              "create-fault-compartment",
              "an MTU is not set in whatever compartment the thread is in (weakness 30)",
              "exit code",
              "calls",
              "stderr",
              "log"),
          known("create-fault-element-not-found", RETRY, "exit code", "calls", "stderr", "log"),
          known("create-fault-list-reported", RETRY, "exit code", "calls", "stderr", "log"),
          known("create-fault-mtu", "what a failed create made goes again (weakness 16)", "calls"),
          known(
              "create-fault-not-ready",
              "what a failed create made goes again (weakness 16)",
              "calls"),
          known("create-fault-post", RETRY, "exit code", "calls", "stderr", "log"),
          known("create-mtu-too-small", CHECKED, "calls", "stderr", "log"),
          known(
              "create-no-config",
              "an empty network name is useless: the job's defaults (weakness 40)",
              "call"),
          known(
              "create-overlapping",
              "a creation that failed is looked for: HNS may have done it all the same",
              "calls"),
          known("create-subnet-malformed", CHECKED, "calls", "stderr", "log"),
          known(
              "delete-other-stays",
              "endpoints of living containers are looked for (weakness 21)",
              "calls"),
          known("down-fault-delete", KEPT, PORTS),
          known("down-fault-delete-and-port-file-corrupt", KEPT, "stderr", "log"),
          known("down-fault-detach-and-delete", KEPT, PORTS),
          known("down-keeps-other-ports", GONE, PORTS),
          known("up-dns-server-malformed", CRASH, "setup"),
          known("up-fault-attach", RULES_FIRST, "calls"),
          known(
              "up-fault-attach-and-delete",
              RULES_FIRST + "; the log names the endpoint (weakness 25)",
              "calls",
              "log",
              PORTS),
          known("up-fault-attach-not-supported", RULES_FIRST, "calls"),
          known(
              "up-fault-detach-during-cleanup",
              KEPT + "; failures of the undo are logged (weakness 25)",
              "log",
              PORTS),
          known(
              "up-fault-endpoint-create-call",
              RETRY,
              "exit code",
              "calls",
              "stdout",
              "stderr",
              "log",
              PORTS),
          known(
              "up-fault-endpoint-create-unspecified",
              RETRY,
              "exit code",
              "calls",
              "stdout",
              "stderr",
              "log",
              PORTS),
          known(
              "up-fault-endpoint-read",
              "the creation answers the address: there is no such read (17.3, 17.9)",
              "exit code",
              "calls",
              "stdout",
              "stderr",
              "log",
              PORTS),
          known("up-fault-update", RULES_FIRST, "calls"),
          known(
              "up-netin-container-port-zero",
              CHECKED,
              "exit code",
              "calls",
              "stdout",
              "stderr",
              "log",
              PORTS),
          known(
              "up-netin-explicit-in-pool-range",
              RECORDED,
              "exit code",
              "calls",
              "stdout",
              "stderr",
              "log",
              PORTS),
          known(
              "up-netin-pool-corrupt",
              REBUILT,
              "exit code",
              "calls",
              "stdout",
              "stderr",
              "log",
              PORTS),
          known("up-netin-pool-has-holes", GONE, PORTS),
          known("up-netin-same-host-port-twice", RECORDED, "calls", "stderr", "log", PORTS),
          known("up-netin-taken-by-other-container", RECORDED, "calls", "stderr", "log", PORTS),
          known("up-netout-address-malformed", CHECKED, "stderr", "log"),
          known(
              "up-netout-all-with-ports", CHECKED, "exit code", "calls", "stdout", "stderr", "log"),
          known(
              "up-netout-icmp-with-ports",
              CHECKED,
              "exit code",
              "calls",
              "stdout",
              "stderr",
              "log"),
          known("up-netout-ipv6", CRASH, "exit code", "calls", "stdout", "stderr"),
          known("up-netout-no-end", CRASH, "exit code", "calls", "stdout", "stderr"),
          known("up-netout-protocol-text", JSON_WORDS, "stderr", "log"),
          known("up-netout-protocol-unknown", CHECKED, "calls", PORTS),
          known("up-ports-property-fault", RULES_FIRST, "calls"),
          known("up-ports-property-malformed", CHECKED, "calls", "log", PORTS),
          known("up-ports-property-wrong-type", CHECKED, "calls", PORTS),
          known("up-stdin-array", JSON_WORDS, "stderr", "log"),
          known("up-stdin-wrong-type", JSON_WORDS, "stderr", "log"),
          known(
              "up-twice",
              "refused while the container lives (17.3)",
              "exit code",
              "calls",
              "stdout",
              "stderr",
              "log"));

  private GoldenComparison() {}

  private static Map.Entry<String, Known> known(String name, String reason, String... places) {
    return Map.entry(name, new Known(reason, List.of(places)));
  }

  /** What a test has to complain about; empty if all is as listed. */
  static String complaints(Map<String, List<String>> found) {
    StringBuilder text = new StringBuilder(complaintsAmong(found));
    KNOWN.forEach(
        (name, known) -> {
          if (!found.containsKey(name)) {
            text.append(name).append(": no such vector: ").append(known.reason()).append('\n');
          }
        });
    return text.toString();
  }

  /** The same for some of the vectors. */
  static String complaintsAmong(Map<String, List<String>> found) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(found)
        .forEach(
            (name, differences) -> {
              List<String> places = KNOWN.containsKey(name) ? KNOWN.get(name).places() : List.of();
              for (String difference : differences) {
                if (places.stream().noneMatch(p -> place(difference).contains(p))) {
                  text.append(name).append(": ").append(difference).append('\n');
                }
              }
              for (String place : places) {
                if (differences.stream().noneMatch(d -> place(d).contains(place))) {
                  text.append(name).append(": does not differ in ").append(place).append('\n');
                }
              }
            });
    return text.toString();
  }

  private static String place(String difference) {
    return difference.substring(0, Math.max(0, difference.indexOf(": ")));
  }

  /**
   * The vector as 17.3 wants it: an endpoint is created with everything blocked, its policies are
   * written before it is attached, and URLs are reserved when the MTU is set.
   */
  static GoldenVector wanted(GoldenVector vector) {
    List<RecordedCall> calls = new ArrayList<>();
    vector.calls().stream()
        .filter(compared(vector))
        .map(call -> isPost(call, "/endpoints/") ? blocked(call) : call)
        .forEach(calls::add);
    int attach = index(calls, GoldenComparison::isAttachment);
    int update = index(calls, GoldenComparison::isUpdate);
    int mtu = index(calls, call -> call.function().equals("SetIpInterfaceEntry"));
    if (attach >= 0 && attach < update && update < mtu) {
      List<RecordedCall> ordered = new ArrayList<>(calls.subList(0, attach));
      ordered.add(unattached(calls.get(update)));
      ordered.add(calls.get(attach));
      ordered.add(calls.get(mtu));
      ordered.addAll(calls.subList(attach + 1, update));
      ordered.addAll(calls.subList(mtu + 1, calls.size()));
      calls = ordered;
    }
    return vector.withCalls(calls);
  }

  /**
   * Which calls are compared: all that change something, and what create and delete ask of HNS. For
   * up and down the specification wants other queries than the reference's (17.3, 17.9); those are
   * compared with the specification, in ConnectTest and DisconnectTest.
   */
  static Predicate<RecordedCall> compared(GoldenVector vector) {
    boolean queries = vector.command().stream().anyMatch(QUERYING::contains);
    return call -> call.isChange() || queries && call.function().equals("HNSCall");
  }

  private static int index(List<RecordedCall> calls, Predicate<RecordedCall> wanted) {
    return IntStream.range(0, calls.size())
        .filter(i -> wanted.test(calls.get(i)))
        .findFirst()
        .orElse(-1);
  }

  private static boolean isPost(RecordedCall call, String path) {
    return call.args().path("method").asText().equals("POST")
        && call.args().path("path").asText().equals(path);
  }

  private static boolean isUpdate(RecordedCall call) {
    String path = call.args().path("path").asText();
    return isPost(call, path) && path.startsWith("/endpoints/{{");
  }

  private static boolean isAttachment(RecordedCall call) {
    return call.args().path("configuration").path("RequestType").asText().equals("Add");
  }

  private static RecordedCall blocked(RecordedCall creation) {
    ObjectNode args = creation.args().deepCopy();
    ((ObjectNode) args.path("request")).withArray("Policies").addAll(BLOCKS);
    return new RecordedCall(creation.function(), args, creation.hresult(), creation.out());
  }

  /** What the endpoint is before it is attached. */
  private static RecordedCall unattached(RecordedCall update) {
    ObjectNode args = update.args().deepCopy();
    ((ObjectNode) args.path("request")).put("State", 1).remove("SharedContainers");
    return new RecordedCall(update.function(), args, update.hresult(), update.out());
  }
}
