package io.gardencell.server.flag;

import java.util.List;

/** A command line or configuration file that cannot be obeyed, with everything wrong in it. */
public final class FlagsRefused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<String> complaints;

  FlagsRefused(List<String> complaints) {
    super(String.join("\n", complaints));
    this.complaints = List.copyOf(complaints);
  }

  /** One line for each thing that is wrong. */
  public List<String> complaints() {
    return complaints;
  }
}
