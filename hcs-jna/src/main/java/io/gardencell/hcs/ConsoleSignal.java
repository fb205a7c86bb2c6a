package io.gardencell.hcs;

/**
 * Signals of HcsSignalProcess for Windows containers (hcsshim:
 * internal/hcs/schema2/signal_process_options.go).
 */
public enum ConsoleSignal {
  CTRL_C("CtrlC"),
  CTRL_BREAK("CtrlBreak"),
  CTRL_CLOSE("CtrlClose"),
  CTRL_LOG_OFF("CtrlLogOff"),
  CTRL_SHUTDOWN("CtrlShutdown");

  private final String documentName;

  ConsoleSignal(String documentName) {
    this.documentName = documentName;
  }

  /** The value in the signal document. */
  public String documentName() {
    return documentName;
  }
}
