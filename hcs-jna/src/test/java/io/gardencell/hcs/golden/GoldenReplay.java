package io.gardencell.hcs.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Replays one vector: lays out its files, runs its setup and its command, and compares exit code,
 * output, log, calls and files. One thread; make one for each vector.
 *
 * <pre>{@code
 * RecordingHost host = new RecordingHost(inner);
 * List<String> differences =
 *     new GoldenReplay(new GoldenStage(root, "C:\\bin\\probe.exe"), host, this::run)
 *         .onFaults(text -> host.fail(FaultRules.of(text)))
 *         .differences(vector);
 * }</pre>
 */
public final class GoldenReplay {

  private final GoldenStage stage;
  private final CallRecorder recorder;
  private final GoldenRun run;
  private Consumer<String> faults =
      rules -> {
        throw new IllegalStateException("faults " + rules + " (expected: onFaults was called)");
      };
  private Consumer<JsonNode> fakeState =
      state -> {
        throw new IllegalStateException("a fake state (expected: onFakeState was called)");
      };
  private LongConsumer fillVolumes =
      bytes -> {
        throw new IllegalStateException("volumes to fill (expected: onFillVolumes was called)");
      };
  private Runnable settle =
      () -> {
        throw new IllegalStateException("a process to wait for (expected: onSettle was called)");
      };
  private UnaryOperator<List<JsonNode>> log = UnaryOperator.identity();
  private Predicate<RecordedCall> compared = RecordedCall::isChange;
  private UnaryOperator<String> outputs = UnaryOperator.identity();

  /** Replays on a stage, where {@code run} runs commands and {@code recorder} sees their calls. */
  public GoldenReplay(GoldenStage stage, CallRecorder recorder, GoldenRun run) {
    this.stage = stage;
    this.recorder = recorder;
    this.run = run;
  }

  /** Takes the failures to make during the command; called only if there are any. */
  public GoldenReplay onFaults(Consumer<String> load) {
    faults = load;
    return this;
  }

  /** Takes the systems, networks and endpoints to start with; called only if there are any. */
  public GoldenReplay onFakeState(Consumer<JsonNode> load) {
    fakeState = load;
    return this;
  }

  /** Puts a file of so many bytes into every volume. */
  public GoldenReplay onFillVolumes(LongConsumer fill) {
    fillVolumes = fill;
    return this;
  }

  /** Waits until what a step has started has ended. */
  public GoldenReplay onSettle(Runnable wait) {
    settle = wait;
    return this;
  }

  /** Takes out of a recorded log what we do not log, before it is compared. */
  public GoldenReplay adjustingLog(UnaryOperator<List<JsonNode>> adjust) {
    log = adjust;
    return this;
  }

  /** Which calls are compared; those that change something, unless told otherwise. */
  public GoldenReplay comparing(Predicate<RecordedCall> calls) {
    compared = calls;
    return this;
  }

  /** Takes out of a file's text what we write in addition, before it is compared. */
  public GoldenReplay adjustingOutputs(UnaryOperator<String> adjust) {
    outputs = adjust;
    return this;
  }

  /** Replays a vector; gives what was different, nothing if all is alike. */
  public List<String> differences(GoldenVector vector) {
    try {
      GoldenMatch match = new GoldenMatch(stage);
      prepare(vector, match);
      if (!match.differences().isEmpty()) {
        return match.differences();
      }
      recorder.clear();
      if (!vector.faults().isEmpty()) {
        faults.accept(vector.faults());
      }
      GoldenRun.Ending ending = run(vector.command(), vector.stdin(), vector);
      compare(vector, ending, match);
      return match.differences();
    } catch (IOException e) {
      throw new UncheckedIOException(vector.name(), e);
    }
  }

  private void prepare(GoldenVector vector, GoldenMatch match) throws IOException {
    stage.layOut(vector);
    if (vector.hasFakeState()) {
      fakeState.accept(stage.json(vector.fakeState()));
    }
    for (GoldenStep step : vector.setup()) {
      if (step instanceof GoldenStep.Command command) {
        GoldenRun.Ending ending = run(command.words(), command.stdin(), vector);
        if (ending.exitCode() != command.exitCode()) {
          match.differs(
              "setup " + command.words(),
              command.exitCode(),
              ending.exitCode() + " " + ending.stderr());
          return;
        }
        if (command.settles()) {
          settle.run();
        }
      } else if (step instanceof GoldenStep.Write write) {
        stage.write(write.files());
      } else if (step instanceof GoldenStep.Remove remove) {
        stage.remove(remove.paths());
      } else if (step instanceof GoldenStep.FillVolumes fill) {
        fillVolumes.accept(fill.bytes());
      }
    }
  }

  private GoldenRun.Ending run(List<String> words, JsonNode stdin, GoldenVector vector)
      throws IOException {
    List<String> args = new ArrayList<>();
    words.subList(1, words.size()).forEach(word -> args.add(stage.text(word)));
    return run.run(
        new GoldenRun.Invocation(
            words.get(0),
            args,
            stage.bytes(stdin),
            vector.env(),
            vector.cwd().isEmpty() ? stage.root() : stage.path(vector.cwd())));
  }

  private void compare(GoldenVector vector, GoldenRun.Ending ending, GoldenMatch match)
      throws IOException {
    List<RecordedCall> made = recorder.calls();
    layerNames(vector.calls(), made, match);
    if (vector.exitCode() != ending.exitCode()) {
      match.differs("exit code", vector.exitCode(), ending.exitCode());
    }
    match.calls(
        vector.calls().stream().filter(compared).map(GoldenReplay::withoutOut).toList(),
        made.stream().filter(compared).map(GoldenReplay::withoutOut).toList());
    processNumbers(vector.calls(), made, match);
    if (vector.stdout() != null) {
      String text = new String(ending.stdout(), StandardCharsets.UTF_8);
      match.text("stdout", vector.stdout(), text);
    } else if (vector.stdoutBytes() >= 0 && vector.stdoutBytes() != ending.stdout().length) {
      match.differs("stdout length", vector.stdoutBytes(), ending.stdout().length);
    }
    match.text("stderr", vector.stderr(), ending.stderr());
    List<JsonNode> lines = log.apply(vector.log());
    if (lines.size() != ending.log().size()) {
      match.differs("log", lines, ending.log());
    } else {
      for (int i = 0; i < lines.size(); i++) {
        match.json("log line " + (i + 1), lines.get(i), ending.log().get(i));
      }
    }
    new GoldenOutputs(stage, outputs, match).compare(vector.outputs());
  }

  /** Identifiers of layers are the service's own: the recorded ones stand for ours. */
  private static void layerNames(
      List<RecordedCall> expected, List<RecordedCall> made, GoldenMatch match) {
    for (RecordedCall call : expected) {
      if (call.function().equals("NameToGuid") && call.out().has("guid")) {
        made.stream()
            .filter(m -> m.function().equals("NameToGuid") && m.args().equals(call.args()))
            .filter(m -> m.out().has("guid"))
            .findFirst()
            .ifPresent(
                m -> match.rename(call.out().get("guid").asText(), m.out().get("guid").asText()));
      }
    }
  }

  /** The process number that a call gave is the one in outputs. */
  private static void processNumbers(
      List<RecordedCall> expected, List<RecordedCall> made, GoldenMatch match) {
    List<JsonNode> recorded = pids(expected);
    List<JsonNode> ours = pids(made);
    for (int i = 0; i < Math.min(recorded.size(), ours.size()); i++) {
      match.json("pid of process " + (i + 1), recorded.get(i), ours.get(i));
    }
  }

  private static List<JsonNode> pids(List<RecordedCall> calls) {
    return calls.stream()
        .filter(c -> c.function().equals("HcsCreateProcess") && c.out().has("pid"))
        .map(c -> c.out().get("pid"))
        .toList();
  }

  private static RecordedCall withoutOut(RecordedCall call) {
    return new RecordedCall(call.function(), call.args(), call.hresult(), TextNode.valueOf(""));
  }
}
