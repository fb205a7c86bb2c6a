package io.gardencell.runtime;

import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.ProcessDocument;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * The test program of the golden vectors, in memory: its verbs, and what the service checks before
 * it starts one. Takes command lines apart by the C runtime's rules, not by ours.
 */
public final class FakeProgram {

  public static final String PROBE = "C:\\oracle\\probe.exe";

  private static final Set<String> FOLDERS = Set.of("c:\\", "c:\\windows");
  private static final Set<String> USERS =
      Set.of("", "ContainerAdministrator", "ContainerUser", "Administrator", "SYSTEM", "vcap");

  final FakePipe stdin = new FakePipe();
  final FakePipe stdout = new FakePipe();
  final FakePipe stderr = new FakePipe();
  private final CountDownLatch killed = new CountDownLatch(1);
  private final ProcessDocument document;
  private final List<String> words;

  private FakeProgram(ProcessDocument document, List<String> words) {
    this.document = document;
    this.words = words;
  }

  /** Finds the program, or refuses as the service does. */
  static FakeProgram of(String system, ProcessDocument document) {
    List<String> words = split(document.commandLine());
    String program = words.get(0);
    if (!program.equalsIgnoreCase(PROBE) && !program.equals("cmd.exe")) {
      throw new HcsException("HcsCreateProcess", system, HcsErrors.FILE_NOT_FOUND);
    }
    if (!FOLDERS.contains(document.workingDirectory().toLowerCase(java.util.Locale.ROOT))) {
      throw new HcsException("HcsCreateProcess", system, HcsErrors.DIRECTORY_NAME_INVALID);
    }
    if (!USERS.contains(document.user())) {
      throw new HcsException("HcsCreateProcess", system, HcsErrors.LOGON_FAILURE);
    }
    return new FakeProgram(document, words);
  }

  /** Runs on a thread of its own and tells its exit code. */
  void start(LongConsumer exited) {
    Thread thread =
        new Thread(
            () -> {
              long code;
              try {
                code = run();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              stdout.end();
              stderr.end();
              exited.accept(code);
            },
            "fake-program");
    thread.setDaemon(true);
    thread.start();
  }

  void kill() {
    killed.countDown();
    stdin.end();
  }

  /** Whether it ends without being told to. */
  boolean endsByItself() {
    return !words.contains("sleep");
  }

  private long run() throws InterruptedException {
    if (words.get(0).equals("cmd.exe")) {
      return Long.parseLong(words.get(2).replace("exit ", ""));
    }
    for (int i = 1; i < words.size(); i++) {
      String next = i + 1 < words.size() ? words.get(i + 1) : "";
      switch (words.get(i)) {
        case "exit" -> {
          return Long.decode(next);
        }
        case "out" -> line(stdout, next);
        case "err" -> line(stderr, next);
        case "env" -> line(stdout, variable(next));
        case "cwd" -> line(stdout, document.workingDirectory());
        case "fill" ->
            stdout.put("x".repeat(Integer.parseInt(next)).getBytes(StandardCharsets.UTF_8));
        case "sleep" -> {
          if (killed.await(Long.parseLong(next), TimeUnit.MILLISECONDS)) {
            return 0xC000013AL;
          }
        }
        case "cat" -> {
          for (byte[] bytes = stdin.take(); bytes != null; bytes = stdin.take()) {
            stdout.put(bytes);
          }
        }
        case "args" -> {
          words.subList(i + 1, words.size()).forEach(arg -> line(stdout, "[" + arg + "]"));
          return 0;
        }
        default -> {}
      }
    }
    return killed.getCount() == 0 ? 0xC000013AL : 0;
  }

  private String variable(String name) {
    if (name.equals("USERNAME")) {
      return document.user();
    }
    return document.environment().getOrDefault(name, "(unset)");
  }

  private static void line(FakePipe pipe, String text) {
    pipe.put((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** CommandLineToArgvW: backslashes count only before a quotation mark. */
  static List<String> split(String commandLine) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    boolean any = false;
    int backslashes = 0;
    for (char c : commandLine.toCharArray()) {
      if (c == '\\') {
        backslashes++;
        any = true;
        continue;
      }
      word.append("\\".repeat(c == '"' ? backslashes / 2 : backslashes));
      boolean escaped = c == '"' && backslashes % 2 == 1;
      backslashes = 0;
      if (escaped) {
        word.append('"');
      } else if (c == '"') {
        quoted = !quoted;
        any = true;
      } else if ((c == ' ' || c == '\t') && !quoted) {
        if (any) {
          words.add(word.toString());
        }
        word.setLength(0);
        any = false;
      } else {
        word.append(c);
        any = true;
      }
    }
    word.append("\\".repeat(backslashes));
    if (any) {
      words.add(word.toString());
    }
    return words;
  }
}
