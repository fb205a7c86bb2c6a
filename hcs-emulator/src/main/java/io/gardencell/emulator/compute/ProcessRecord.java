package io.gardencell.emulator.compute;

import java.nio.file.Path;

/**
 * What is remembered of a process ({@code process.json}).
 *
 * @param pid the command's own
 * @param start its start as {@link ProcessTable.Entry#start}
 */
record ProcessRecord(
    long pid,
    String start,
    long supervisor,
    String supervisorStart,
    String imageName,
    boolean stdin,
    boolean stdout,
    boolean stderr,
    String created,
    long createdMillis) {

  static final String FILE = "process.json";

  static Path file(Path directory) {
    return directory.resolve(FILE);
  }
}
