package io.gardencell.client;

import java.nio.charset.StandardCharsets;

/**
 * What a process left behind: its exit status and all bytes of its two streams. Two are equal only
 * if they are the same.
 */
public record ProcessOutput(long exitStatus, byte[] stdout, byte[] stderr) {

  /** Standard output as UTF-8. */
  public String stdoutText() {
    return new String(stdout, StandardCharsets.UTF_8);
  }

  /** Standard error as UTF-8. */
  public String stderrText() {
    return new String(stderr, StandardCharsets.UTF_8);
  }
}
