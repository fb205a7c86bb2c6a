package io.gardencell.server.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one pipe of a process and gives every queue a share, with one outstanding read and only
 * while every queue has room. Runs on whatever thread a read ends on or room comes back on.
 */
final class OutputPump implements CompletionHandler<Integer, ByteBuf> {

  private static final Logger log = LoggerFactory.getLogger(OutputPump.class);
  private static final int SMALLEST_READ = 4096;
  private static final int LARGEST_READ = 1 << 18;
  private static final int SLACK = 4;

  private final String name;
  private final @Nullable AsynchronousByteChannel pipe;
  private final StreamMemory memory;
  private final CopyOnWriteArrayList<OutputQueue> queues = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final AtomicInteger work = new AtomicInteger();
  private volatile boolean reading;
  private volatile boolean released;
  private volatile long reads;
  private int readSize = SMALLEST_READ;
  private volatile @Nullable ByteBuf chunk;

  OutputPump(String name, @Nullable AsynchronousByteChannel pipe, StreamMemory memory) {
    this.name = name;
    this.pipe = pipe;
    this.memory = memory;
    if (pipe == null) {
      ended.complete(null);
    }
  }

  /** Completes when the pipe is at its end, or was given up. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** Reads from now on even when there is no queue: nobody attached in time. */
  void release() {
    released = true;
    pump();
  }

  void add(OutputQueue queue) {
    queues.add(queue);
    if (ended.isDone()) {
      queue.end();
    }
    released = true;
    pump();
  }

  void remove(OutputQueue queue) {
    queues.remove(queue);
    pump();
  }

  /** How many reads have ended, to see whether a pipe is silent. */
  long reads() {
    return reads;
  }

  /** Whether a read is outstanding, so that the pipe is silent and no reader holds it back. */
  boolean isReading() {
    return reading;
  }

  void pump() {
    if (work.getAndIncrement() != 0) {
      return;
    }
    int missed = 1;
    do {
      readIfPossible();
      missed = work.addAndGet(-missed);
    } while (missed != 0);
  }

  private void readIfPossible() {
    AsynchronousByteChannel source = pipe;
    if (source == null || reading) {
      return;
    }
    if (ended.isDone()) {
      dropChunk();
      return;
    }
    if (!released || !hasRoom()) {
      return;
    }
    reading = true;
    ByteBuf into = chunk();
    source.read(into.nioBuffer(into.writerIndex(), into.writableBytes()), into, this);
  }

  private boolean hasRoom() {
    for (OutputQueue queue : queues) {
      if (!queue.hasRoom()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Reads follow one another in a chunk, of which queues hold parts, so that small reads pin no
   * more than they bring. A chunk is left when it is nearly full, or much too large for the pace.
   */
  private ByteBuf chunk() {
    readSize = Math.min(readSize, memory.share(LARGEST_READ));
    ByteBuf last = chunk;
    if (last != null
        && last.writableBytes() >= readSize / 4
        && last.capacity() <= SLACK * readSize) {
      return last;
    }
    dropChunk();
    ByteBuf fresh = PooledByteBufAllocator.DEFAULT.directBuffer(readSize, readSize);
    chunk = fresh;
    return fresh;
  }

  @Override
  public void completed(Integer count, ByteBuf into) {
    if (count > 0) {
      int from = into.writerIndex();
      adapt(count, into.writableBytes());
      into.writerIndex(from + count);
      for (OutputQueue queue : queues) {
        queue.offer(into, from, count);
      }
    }
    reads = reads + 1;
    if (count < 0) {
      finish();
    }
    reading = false;
    pump();
  }

  @Override
  public void failed(Throwable cause, ByteBuf into) {
    log.atDebug().addKeyValue("stream", name).setCause(cause).log("output pipe broke");
    finish();
    reading = false;
    pump();
  }

  /** Ends all queues and closes the pipe; a read that is outstanding fails. */
  void finish() {
    if (ended.complete(null)) {
      queues.forEach(OutputQueue::end);
      close();
      pump();
    }
  }

  private void dropChunk() {
    ByteBuf last = chunk;
    chunk = null;
    if (last != null) {
      last.release();
    }
  }

  private void close() {
    try {
      if (pipe != null) {
        pipe.close();
      }
    } catch (IOException e) {
      log.atDebug().addKeyValue("stream", name).setCause(e).log("output pipe not closed");
    }
  }

  /** Grows while there is more than fits, and shrinks at once: a pipe at rest holds a chunk. */
  private void adapt(int count, int offered) {
    if (count == offered) {
      readSize = Math.min(Math.max(readSize, count) * 4, LARGEST_READ);
    } else {
      int fitting = Integer.highestOneBit(count) * 2;
      readSize = Math.max(SMALLEST_READ, Math.min(readSize, fitting));
    }
  }
}
