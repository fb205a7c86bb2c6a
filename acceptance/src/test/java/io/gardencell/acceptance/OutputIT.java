package io.gardencell.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.api.ContainerSpec;
import io.gardencell.api.ProcessSpec;
import io.gardencell.client.RemoteContainer;
import io.gardencell.client.RemoteProcess;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Output arrives whole however slowly it is read, and costs bounded memory. */
class OutputIT {

  private static final long MIB = 1 << 20;

  private static GardenDaemon daemon;

  @BeforeAll
  static void start() throws IOException {
    daemon = GardenDaemon.inProcess();
  }

  @AfterAll
  static void stop() throws IOException {
    daemon.close();
  }

  /** Reads the numbers from one upward, a line each, and notices anything else. */
  private static final class Numbers {

    private byte[] line = "1\n".getBytes();
    private int at;
    private long number = 1;
    private long seen;

    void take(byte[] bytes, int count) {
      for (int i = 0; i < count; i++) {
        if (bytes[i] != line[at]) {
          throw new AssertionError("byte " + (seen + i) + " is wrong, in the line of " + number);
        }
        if (++at == line.length) {
          number++;
          line = (number + "\n").getBytes();
          at = 0;
        }
      }
      seen += count;
    }
  }

  /** What is still in use: the heap after a collection, and what lies beside it. */
  private static long memory() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
        + ManagementFactory.getPlatformMXBeans(java.lang.management.BufferPoolMXBean.class).stream()
            .mapToLong(java.lang.management.BufferPoolMXBean::getMemoryUsed)
            .sum();
  }

  // garden-api.md §14 weaknesses 1 and 2: the reference loses more than half of it
  @Test
  void aReaderThatIsSlowAndThenQuickGetsEveryByteOfAProcessThatIsSlowedAndNotKilled()
      throws Exception {
    long bytes = Long.getLong("gardencell.slow-reader.mebibytes", 256) * MIB;
    int seconds = Integer.getInteger("gardencell.slow-reader.seconds", 5);
    RemoteContainer container = daemon.client().create(ContainerSpec.ofHandle("slow"));
    Numbers numbers = new Numbers();
    byte[] buffer = new byte[64 << 10];
    String script = "seq 1 999999999 | head -c " + bytes;
    try (RemoteProcess process = container.run(ProcessSpec.of("sh", "-c", script));
        InputStream stdout = process.stdout()) {
      long before = memory();
      for (int i = 0; i < seconds * 4; i++) {
        int count = stdout.readNBytes(buffer, 0, 16 << 10);
        numbers.take(buffer, count);
        assertThat(new CountDownLatch(1).await(250, TimeUnit.MILLISECONDS)).isFalse();
      }
      long growth = memory() - before;
      assertThat(growth).as("growth of memory").isLessThan(32 * MIB);
      assertThat(process.waitFor(Duration.ofMillis(1))).as("exit").isEmpty();
      assertThat(container.info().processIds()).containsExactly(process.id());

      for (int count = stdout.read(buffer); count >= 0; count = stdout.read(buffer)) {
        numbers.take(buffer, count);
      }

      assertThat(numbers.seen).isEqualTo(bytes);
      assertThat(process.waitFor(Duration.ofSeconds(20))).hasValue(0);
    }
  }

  // garden-api.md §15 case 49
  @Test
  void singleBytesReachAReaderThatSleepsFirst() throws Exception {
    long bytes = Long.getLong("gardencell.single-bytes.kibibytes", 512) << 10;
    RemoteContainer container = daemon.client().create(ContainerSpec.ofHandle("bytes"));
    Numbers numbers = new Numbers();
    String script = "seq 1 999999999 | dd bs=1 status=none count=" + bytes;
    try (RemoteProcess process = container.run(ProcessSpec.of("sh", "-c", script));
        InputStream stdout = process.stdout()) {
      assertThat(new CountDownLatch(1).await(1, TimeUnit.SECONDS)).isFalse();
      byte[] buffer = new byte[8192];
      for (int count = stdout.read(buffer); count >= 0; count = stdout.read(buffer)) {
        numbers.take(buffer, count);
      }

      assertThat(numbers.seen).isEqualTo(bytes);
      assertThat(process.waitFor(Duration.ofSeconds(20))).hasValue(0);
    }
  }
}
