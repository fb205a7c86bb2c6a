package io.gardencell.emulator.compute;

import io.gardencell.hcs.document.SystemDocument;

/**
 * What is remembered of a compute system ({@code system.json}).
 *
 * @param marker value of the environment variable that all its processes carry
 * @param bootId the machine's boot it lived in
 * @param ending its end has begun: nothing more starts in it
 */
record SystemRecord(
    String id,
    SystemDocument document,
    String state,
    String marker,
    String created,
    long createdMillis,
    String bootId,
    boolean ending) {

  static final String CREATED = "Created";
  static final String RUNNING = "Running";

  SystemRecord withState(String other) {
    return new SystemRecord(id, document, other, marker, created, createdMillis, bootId, ending);
  }

  SystemRecord thatEnds() {
    return new SystemRecord(id, document, state, marker, created, createdMillis, bootId, true);
  }

  boolean isRunning() {
    return state.equals(RUNNING) && !ending;
  }
}
