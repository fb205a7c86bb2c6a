package io.gardencell.hcs.golden;

import java.util.List;

/** Knows what the host was asked. Two: {@link RecordingHost} and {@link StandInJournal}. */
public interface CallRecorder {

  /** Starts anew: what was asked so far is forgotten. */
  void clear();

  /** The calls since, in order. */
  List<RecordedCall> calls();
}
