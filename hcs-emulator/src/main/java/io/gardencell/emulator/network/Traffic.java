package io.gardencell.emulator.network;

import java.util.concurrent.atomic.LongAdder;

/** What went through the forwarded ports of one endpoint. Any thread. */
final class Traffic {

  private final LongAdder bytesReceived = new LongAdder();
  private final LongAdder bytesSent = new LongAdder();
  private final LongAdder readsReceived = new LongAdder();
  private final LongAdder readsSent = new LongAdder();

  /** Notes bytes on their way to the container. */
  void received(long bytes) {
    bytesReceived.add(bytes);
    readsReceived.increment();
  }

  /** Notes bytes that come from the container. */
  void sent(long bytes) {
    bytesSent.add(bytes);
    readsSent.increment();
  }

  long bytesReceived() {
    return bytesReceived.sum();
  }

  long bytesSent() {
    return bytesSent.sum();
  }

  long readsReceived() {
    return readsReceived.sum();
  }

  long readsSent() {
    return readsSent.sum();
  }
}
