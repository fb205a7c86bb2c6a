package io.gardencell.server.stream;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Output of one stream for one attachment, bounded in bytes, with at most one reader at a time.
 * What follows is for {@link StreamSettings.Overflow#BLOCK}; with {@code DROP} a full queue keeps
 * what it has, reader or not, and drops what is new.
 *
 * <p>With a reader, a full queue has no room, so the pipe is not read and nothing is lost. Without
 * one it is a ring of the newest bytes; what falls out is counted and said once in the log. Until
 * the first reader came, or its time is over, a full queue has no room either, so that a quick
 * process does not outrun a client on its way.
 *
 * <p>A client that takes what is on the other stream and nothing at all of this one is about to
 * read this one later, when the process has ended, which waits for it in turn. Such a reader gets
 * more room soon, if there is memory; after a longer time it does not hold the process back any
 * more: until it takes something again, the queue keeps the newest bytes of as many as it may hold.
 * Any other reader is waited for as long as it likes. Any thread.
 */
public final class OutputQueue {

  private static final Logger log = LoggerFactory.getLogger(OutputQueue.class);

  private final String name;
  private final StreamSettings settings;
  private final StreamMemory memory;
  private final Runnable roomAgain;
  private final LongAdder droppedOfAll;
  private final BiConsumer<Duration, Runnable> later;
  private final ReaderProgress progress = new ReaderProgress();
  private @Nullable OutputQueue other;
  private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>();
  private @Nullable ByteBuf tail;
  private @Nullable ByteBuf tailChunk;
  private @Nullable OutputReader reader;
  private long bytes;
  private long dropped;
  private boolean awaitsFirst = true;
  private boolean ended;
  private boolean expired;
  private boolean closed;

  /**
   * Makes an empty queue.
   *
   * @param roomAgain called when there is room after there was none
   * @param later runs something when some time has passed
   */
  OutputQueue(
      String name,
      StreamSettings settings,
      StreamMemory memory,
      Runnable roomAgain,
      LongAdder droppedOfAll,
      BiConsumer<Duration, Runnable> later) {
    this.name = name;
    this.settings = settings;
    this.memory = memory;
    this.roomAgain = roomAgain;
    this.droppedOfAll = droppedOfAll;
    this.later = later;
  }

  /** Names the other output of the same client, before anybody reads. */
  void setOther(OutputQueue queue) {
    other = queue;
  }

  /**
   * Becomes the reader and is woken at once.
   *
   * @return false if there is a reader already
   */
  public boolean connect(OutputReader newReader) {
    synchronized (this) {
      if (reader != null) {
        return false;
      }
      reader = newReader;
      awaitsFirst = false;
    }
    newReader.wake();
    watch();
    roomAgain.run();
    return true;
  }

  /** Ceases to be the reader; bytes that were polled are gone. */
  public void disconnect(OutputReader oldReader) {
    boolean over;
    synchronized (this) {
      if (reader != oldReader) {
        return;
      }
      reader = null;
      progress.took();
      over = expired;
      if (over) {
        free();
      } else {
        trim(ringBytes());
      }
    }
    if (over) {
      tellDrops();
    }
    roomAgain.run();
  }

  /** The oldest bytes, owned by the caller; null if there are none now. */
  public @Nullable ByteBuf poll() {
    ByteBuf piece;
    boolean woken;
    synchronized (this) {
      piece = pieces.poll();
      if (piece == null) {
        return null;
      }
      progress.took();
      if (piece == tail) {
        tail = null;
      }
      long before = bytes;
      hold(-piece.readableBytes());
      // With little memory left the bound may have moved below what is here: then wake at the end.
      long low = queueBytes() / 2;
      woken = (before > low && bytes <= low) || bytes == 0;
    }
    watch();
    if (woken) {
      roomAgain.run();
    }
    return piece;
  }

  /** Whether nothing is left and nothing will come. */
  public synchronized boolean isExhausted() {
    return closed || (ended && pieces.isEmpty());
  }

  /** Bytes that were dropped because nobody read them. */
  public synchronized long droppedBytes() {
    return dropped;
  }

  /** Bytes that wait for a reader. */
  public synchronized long waitingBytes() {
    return bytes;
  }

  synchronized boolean hasRoom() {
    if (closed || ended || settings.overflow() == StreamSettings.Overflow.DROP) {
      return true;
    }
    if (reader != null) {
      return progress.isStalled() || bytes < queueBytes();
    }
    return !awaitsFirst || bytes < ringBytes();
  }

  /** Nobody came in time: from now on a ring. */
  void giveUpWaiting() {
    synchronized (this) {
      if (!awaitsFirst) {
        return;
      }
      awaitsFirst = false;
    }
    roomAgain.run();
  }

  /** Takes a share of the chunk, of which the caller keeps its own reference. */
  void offer(ByteBuf chunk, int from, int size) {
    OutputReader waiting;
    boolean firstDrop = false;
    synchronized (this) {
      if (closed || ended) {
        return;
      }
      long before = dropped;
      if (settings.overflow() == StreamSettings.Overflow.DROP && bytes + size > queueBytes()) {
        drop(size);
      } else {
        add(chunk, from, size);
        if (reader == null && !awaitsFirst) {
          trim(ringBytes());
        } else if (progress.isStalled()) {
          trim(queueBytes());
        }
      }
      firstDrop = before == 0 && dropped > 0;
      waiting = reader;
    }
    if (firstDrop) {
      log.atWarn()
          .addKeyValue("stream", name)
          .addKeyValue("read", waiting != null)
          .log("output dropped");
    }
    if (waiting != null) {
      waiting.wake();
      watch();
    }
  }

  /** Looks later whether the reader has taken anything, if the process waits for it now. */
  private void watch() {
    synchronized (this) {
      if (reader == null || hasRoom() || !progress.watch()) {
        return;
      }
    }
    later.accept(settings.times().stalledReader().dividedBy(ReaderProgress.LOOKS), this::look);
  }

  private void look() {
    OutputQueue beside = other;
    boolean readsTheOther = beside != null && beside.isReadUpToNow();
    synchronized (this) {
      progress.look(reader != null && !hasRoom(), readsTheOther);
    }
    watch();
    roomAgain.run();
  }

  private synchronized boolean isReadUpToNow() {
    return reader != null && pieces.isEmpty();
  }

  /** Nothing more will come; what is there stays readable, within the ring's bound. */
  void end() {
    OutputReader waiting;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      awaitsFirst = false;
      if (reader == null) {
        trim(ringBytes());
      }
      waiting = reader;
    }
    if (waiting != null) {
      waiting.wake();
    }
  }

  /** Frees what nobody fetched, unless somebody is fetching it; then it goes with its reader. */
  void expire() {
    boolean over;
    synchronized (this) {
      ended = true;
      expired = true;
      over = reader == null && !closed;
      if (over) {
        free();
      }
    }
    if (over) {
      tellDrops();
    }
  }

  /** The first drop was told when it happened; how much it was in all is known only now. */
  private void tellDrops() {
    long all = droppedBytes();
    if (all > 0) {
      log.atInfo().addKeyValue("stream", name).addKeyValue("bytes", all).log("output lost in all");
    }
  }

  private void free() {
    closed = true;
    pieces.forEach(ByteBuf::release);
    pieces.clear();
    tail = null;
    hold(-bytes);
  }

  /** What follows in the same chunk makes the last piece longer. */
  private void add(ByteBuf chunk, int from, int size) {
    hold(size);
    ByteBuf last = tail;
    if (last != null && tailChunk == chunk && last.writerIndex() == from) {
      last.writerIndex(from + size);
      return;
    }
    ByteBuf piece = chunk.retainedDuplicate().setIndex(from, from + size);
    tail = piece;
    tailChunk = chunk;
    pieces.add(piece);
  }

  private void trim(int bound) {
    while (settings.overflow() == StreamSettings.Overflow.BLOCK && bytes > bound) {
      ByteBuf oldest = pieces.peek();
      if (oldest == null) {
        return;
      }
      int surplus = (int) Math.min(bytes - bound, oldest.readableBytes());
      oldest.skipBytes(surplus);
      drop(surplus);
      hold(-surplus);
      if (!oldest.isReadable()) {
        pieces.poll();
        if (oldest == tail) {
          tail = null;
        }
        oldest.release();
      }
    }
  }

  private void hold(long more) {
    bytes += more;
    memory.add(more);
  }

  private int queueBytes() {
    StreamSettings.Bounds bounds = settings.bounds();
    return progress.isLate() && memory.isAmple()
        ? bounds.wideBytes()
        : memory.share(bounds.queueBytes());
  }

  private int ringBytes() {
    return memory.share(settings.bounds().ringBytes());
  }

  private void drop(int size) {
    dropped += size;
    droppedOfAll.add(size);
  }
}
