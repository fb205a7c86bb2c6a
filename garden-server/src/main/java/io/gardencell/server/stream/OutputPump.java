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
  private volatile @Nullable ByteBuf spare;

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
      dropSpare();
    }
    if (ended.isDone() || !released || !hasRoom()) {
      return;
    }
    reading = true;
    readSize = Math.min(readSize, memory.share(LARGEST_READ));
    ByteBuf buffer = buffer();
    source.read(buffer.nioBuffer(0, readSize), buffer, this);
  }

  private boolean hasRoom() {
    for (OutputQueue queue : queues) {
      if (!queue.hasRoom()) {
        return false;
      }
    }
    return true;
  }

  /** The last buffer again if nobody kept a part of it, as with small reads, which are copied. */
  private ByteBuf buffer() {
    ByteBuf last = spare;
    spare = null;
    if (last != null && last.capacity() == readSize) {
      return last.clear();
    }
    if (last != null) {
      last.release();
    }
    return PooledByteBufAllocator.DEFAULT.directBuffer(readSize, readSize);
  }

  @Override
  public void completed(Integer count, ByteBuf buffer) {
    if (count > 0) {
      buffer.writerIndex(count);
      for (OutputQueue queue : queues) {
        queue.offer(buffer);
      }
      adapt(count);
    }
    if (count > 0 && buffer.refCnt() == 1) {
      spare = buffer;
    } else {
      buffer.release();
    }
    reads = reads + 1;
    if (count < 0) {
      finish();
    }
    reading = false;
    pump();
  }

  @Override
  public void failed(Throwable cause, ByteBuf buffer) {
    buffer.release();
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

  private void dropSpare() {
    ByteBuf last = spare;
    spare = null;
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

  /** Grows while there is more than fits, and shrinks at once: a pipe at rest holds a buffer. */
  private void adapt(int count) {
    if (count == readSize) {
      readSize = Math.min(readSize * 4, LARGEST_READ);
    } else {
      int fitting = Integer.highestOneBit(Math.max(count, 1)) * 2;
      readSize = Math.max(SMALLEST_READ, Math.min(readSize, fitting));
    }
  }
}
