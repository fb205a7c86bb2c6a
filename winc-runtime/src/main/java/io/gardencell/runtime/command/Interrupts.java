package io.gardencell.runtime.command;

import sun.misc.Signal;

/**
 * CTRL+C of the command. Only that is caught: when the console is closed or the user logs off, the
 * command ends and the process in the container goes on, as with the reference.
 */
interface Interrupts {

  /** Runs the action on a thread of its own at each interrupt, until closed. */
  Registration on(Runnable action);

  /** Interrupts of this process; while one action is registered, they do not end it. */
  static Interrupts ofThisProcess() {
    return action -> {
      Signal interrupt = new Signal("INT");
      var before = Signal.handle(interrupt, signal -> action.run());
      return () -> Signal.handle(interrupt, before);
    };
  }

  /** An action that can be taken back. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
