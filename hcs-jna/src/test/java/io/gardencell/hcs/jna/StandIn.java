package io.gardencell.hcs.jna;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.WString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What the stand-in vmcompute.dll offers to tests besides HCS: faults, crashes and its ledger. */
public final class StandIn {

  private final Exports dll = Native.load("vmcompute", Exports.class);
  private final Path root = Path.of(System.getenv("FAKEHCS_ROOT"));

  interface Exports extends Library {

    void FakeHcsLeft(int[] counts);

    int FakeHcsExit(WString id, int status);

    void FakeHcsDisconnect();
  }

  /**
   * What was handed out to this process and not given back.
   *
   * @param systems handles of compute systems
   * @param processes handles of processes
   * @param callbacks registrations
   * @param pipes ends of stdio pipes
   * @param strings result strings that were not freed
   */
  public record Left(int systems, int processes, int callbacks, int pipes, int strings) {

    /** All is given back. */
    public static final Left NOTHING = new Left(0, 0, 0, 0, 0);
  }

  /** What this process holds now. */
  public Left left() {
    int[] counts = new int[5];
    dll.FakeHcsLeft(counts);
    return new Left(counts[0], counts[1], counts[2], counts[3], counts[4]);
  }

  /** The system ends by itself with this status. */
  public void crash(String id, int status) {
    if (dll.FakeHcsExit(new WString(id), status) != 0) {
      throw new IllegalArgumentException("unknown system: " + id);
    }
  }

  /** Every handle of this process is told that the service is gone. */
  public void disconnect() {
    dll.FakeHcsDisconnect();
  }

  /** From now on these rules hold (fakehcs/README.md), and no others. */
  public void faults(String... rules) {
    try {
      Files.writeString(root.resolve("faults.txt"), String.join("\n", rules));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether the result documents of failures carry an event that names the function. */
  public void events(boolean wanted) {
    mark("events.txt", wanted);
  }

  /** Whether this program may open the jobs of containers. */
  public void beSystem(boolean wanted) {
    mark("system.txt", wanted);
  }

  /** Whether preparing a layer leaves its file system as it is, however its disk has grown. */
  public void forgetToGrow(boolean wanted) {
    mark("forgetful.txt", wanted);
  }

  private void mark(String file, boolean wanted) {
    try {
      if (wanted) {
        Files.writeString(root.resolve(file), "");
      } else {
        Files.deleteIfExists(root.resolve(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The journal's lines that name this function. */
  public List<String> journal(String function) {
    try {
      return Arrays.stream(Files.readString(root.resolve("journal.jsonl")).split("\n", -1))
          .filter(line -> line.contains("\"function\":\"" + function + "\""))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The journal's last line that names this function; empty if none does. */
  public String last(String function) {
    List<String> lines = journal(function);
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }
}
