package io.gardencell.image.command;

import io.gardencell.api.GardenException;
import java.util.List;
import picocli.CommandLine.ParseResult;

/**
 * What was given on the command line.
 *
 * @param command empty if it is none of ours: then the first word names it
 * @param global flags before the command
 * @param local flags after it
 */
record GrootInvocation(String command, List<String> words, ParseResult global, ParseResult local) {

  GrootInvocation {
    words = List.copyOf(words);
  }

  String text(GrootFlag flag) {
    return flag.text(GrootFlag.GLOBAL.contains(flag) ? global : local);
  }

  String text(GrootFlag flag, String otherwise) {
    String given = text(flag);
    return given.isEmpty() ? otherwise : given;
  }

  long number(GrootFlag flag) {
    return flag.number(local);
  }

  boolean isSet(GrootFlag flag) {
    return flag.isSet(local);
  }

  String word(int index) {
    return words.get(index);
  }

  void checkCount(int expected) {
    if (words.size() != expected) {
      throw GardenException.failure(
          "Incorrect number of args. Expect " + expected + ", got " + words.size());
    }
  }
}
