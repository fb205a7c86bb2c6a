package io.gardencell.hcs;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A block of TCP ports of this machine that no other test has, of this build or of any other: who
 * listens on a block's first port has the block, at the latest until its process ends. The blocks
 * lie below the ports that the operating system picks for connections, so none of them turns up as
 * the near end of somebody's connection either. Any thread.
 */
public final class ClaimedPorts implements AutoCloseable {

  private static final int LOWEST = 12_000;
  private static final int SIZE = 500;
  private static final int BLOCKS = 40;

  private final ServerSocket claim;
  private int given;

  private ClaimedPorts(ServerSocket claim) {
    this.claim = claim;
  }

  /** Claims a block that is free. */
  public static ClaimedPorts claim() throws IOException {
    int start = ThreadLocalRandom.current().nextInt(BLOCKS);
    for (int i = 0; i < BLOCKS; i++) {
      int first = LOWEST + (start + i) % BLOCKS * SIZE;
      try {
        return new ClaimedPorts(new ServerSocket(first, 1, InetAddress.getLoopbackAddress()));
      } catch (BindException taken) {
        // somebody else's block
      }
    }
    throw new IOException(
        "no free block of ports (expected: one from %d to %d)"
            .formatted(LOWEST, LOWEST + BLOCKS * SIZE - 1));
  }

  /** The first port of the block that can be used. */
  public int first() {
    return claim.getLocalPort() + 1;
  }

  /** How many ports there are from the first on. */
  public int count() {
    return SIZE - 1;
  }

  /** Another port on which nobody listens. */
  public synchronized int next() throws IOException {
    while (given < count()) {
      int port = first() + given++;
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return probe.getLocalPort();
      } catch (BindException taken) {
        // a program that knows nothing of blocks
      }
    }
    throw new IOException("all ports of the block at " + first() + " are given");
  }

  @Override
  public void close() throws IOException {
    claim.close();
  }
}
