package io.gardencell.hcs.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs one command of a vector; the code under test stands behind it. */
@FunctionalInterface
public interface GoldenRun {

  /**
   * Runs a command to its end.
   *
   * @param invocation what to run, with its placeholders replaced
   */
  Ending run(Invocation invocation) throws IOException;

  /**
   * A command to run.
   *
   * @param tool the first word: {@code winc}, {@code winc-network} or {@code groot}
   * @param args the other words
   * @param env additional environment
   * @param cwd working directory; the scratch folder if the vector names none
   */
  record Invocation(
      String tool, List<String> args, byte[] stdin, Map<String, String> env, Path cwd) {}

  /**
   * How a command ended.
   *
   * @param exitCode unsigned 32 bits
   * @param log lines of its log without their times: objects, or texts
   */
  record Ending(long exitCode, byte[] stdout, String stderr, List<JsonNode> log) {

    /** An ending of a command that ends with a signed code. */
    public static Ending of(int exitCode, byte[] stdout, byte[] stderr, List<JsonNode> log) {
      return new Ending(
          Integer.toUnsignedLong(exitCode),
          stdout,
          new String(stderr, StandardCharsets.UTF_8),
          log);
    }
  }

  /** A log file that grows; gives the lines of one command at a time. */
  final class LogFile {
    private final Path file;
    private int seen;

    /** Starts at the present end. */
    public LogFile(Path file) {
      this.file = file;
      this.seen = lines().size();
    }

    /** Lines written since, as objects without their {@code time} and {@code timestamp}. */
    public List<JsonNode> next() {
      List<String> all = lines();
      List<JsonNode> fresh = all.subList(seen, all.size()).stream().map(LogFile::parse).toList();
      seen = all.size();
      return fresh;
    }

    private List<String> lines() {
      try {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** One line: a JSON object, or a text that loses its leading time. */
    public static JsonNode parse(String line) {
      if (line.startsWith("{")) {
        try {
          JsonNode object = GoldenVector.JSON.readTree(line);
          if (object instanceof com.fasterxml.jackson.databind.node.ObjectNode members) {
            members.remove(List.of("time", "timestamp"));
          }
          return object;
        } catch (IOException e) {
          throw new UncheckedIOException("log line " + line, e);
        }
      }
      return com.fasterxml.jackson.databind.node.TextNode.valueOf(
          line.replaceFirst("^time=\"[^\"]*\" ", ""));
    }

    /** Splits a stderr that holds JSON lines into those and the rest. */
    public static List<JsonNode> split(String stderr, StringBuilder rest) {
      List<JsonNode> log = new ArrayList<>();
      for (String line : stderr.split("(?<=\n)")) {
        if (line.startsWith("{")) {
          log.add(parse(line.strip()));
        } else {
          rest.append(line);
        }
      }
      return log;
    }
  }
}
