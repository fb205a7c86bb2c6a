package io.gardencell.emulator.compute;

import java.nio.file.Path;
import java.time.Instant;

/**
 * What is remembered of a process ({@code process.json}).
 *
 * @param pid the command's own; 0 as long as it is only known that it was to be started
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

  /** One that is about to be started. */
  static ProcessRecord begun(
      String imageName, boolean stdin, boolean stdout, boolean stderr, Instant now) {
    return new ProcessRecord(
        0, "", 0, "", imageName, stdin, stdout, stderr, now.toString(), now.toEpochMilli());
  }

  /** The same, started. */
  ProcessRecord started(long itsPid, String itsStart, long itsSupervisor, String supervisorsStart) {
    return new ProcessRecord(
        itsPid,
        itsStart,
        itsSupervisor,
        supervisorsStart,
        imageName,
        stdin,
        stdout,
        stderr,
        created,
        createdMillis);
  }

  static Path file(Path directory) {
    return directory.resolve(FILE);
  }
}
