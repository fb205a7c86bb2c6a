package io.gardencell.server.stream;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousByteChannel;
import java.nio.channels.CompletionHandler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to a process's stdin, one outstanding write at a time. Accepts whatever it is given; those
 * who give look at {@link #isFull()} and wait for {@link #whenRoom(Runnable)}. Any thread.
 */
final class InputPump implements CompletionHandler<Integer, ByteBuffer> {

  private static final Logger log = LoggerFactory.getLogger(InputPump.class);

  private final String name;
  private final @Nullable AsynchronousByteChannel pipe;
  private final int bound;
  private final StreamMemory memory;
  private final ArrayDeque<ByteBuffer> waiting = new ArrayDeque<>();
  private final List<Runnable> forRoom = new ArrayList<>();
  private long bytes;
  private boolean writing;
  private boolean closing;
  private boolean closed;

  InputPump(String name, @Nullable AsynchronousByteChannel pipe, int bound, StreamMemory memory) {
    this.name = name;
    this.pipe = pipe;
    this.bound = bound;
    this.memory = memory;
    closing = pipe == null;
    closed = pipe == null;
  }

  void write(byte[] data) {
    if (data.length == 0) {
      return;
    }
    synchronized (this) {
      if (closing || closed) {
        return;
      }
      waiting.add(ByteBuffer.wrap(data));
      hold(data.length);
    }
    next();
  }

  /** The end of input, behind what is waiting. */
  void end() {
    synchronized (this) {
      closing = true;
    }
    next();
  }

  /** The process has ended: what is waiting is dropped. */
  void abandon() {
    List<Runnable> woken;
    synchronized (this) {
      closing = true;
      waiting.clear();
      hold(-bytes);
      woken = takeForRoom();
    }
    next();
    woken.forEach(Runnable::run);
  }

  synchronized boolean isFull() {
    return bytes >= memory.share(bound);
  }

  /** Calls once when half of the bound is free, at once if it is. */
  void whenRoom(Runnable action) {
    synchronized (this) {
      if (bytes > low()) {
        forRoom.add(action);
        return;
      }
    }
    action.run();
  }

  private int low() {
    return memory.share(bound) / 2;
  }

  private void hold(long more) {
    bytes += more;
    memory.add(more);
  }

  private void next() {
    AsynchronousByteChannel sink = pipe;
    if (sink == null) {
      return;
    }
    ByteBuffer piece;
    synchronized (this) {
      if (writing || closed) {
        return;
      }
      piece = waiting.poll();
      if (piece == null) {
        if (!closing) {
          return;
        }
        closed = true;
      } else {
        writing = true;
      }
    }
    if (piece == null) {
      close(sink);
    } else {
      sink.write(piece, piece, this);
    }
  }

  @Override
  public void completed(Integer count, ByteBuffer piece) {
    List<Runnable> woken = List.of();
    synchronized (this) {
      hold(-Math.min(bytes, count));
      writing = false;
      if (piece.hasRemaining() && !closed) {
        waiting.addFirst(piece);
      }
      if (bytes <= low()) {
        woken = takeForRoom();
      }
    }
    next();
    woken.forEach(Runnable::run);
  }

  @Override
  public void failed(Throwable cause, ByteBuffer piece) {
    log.atDebug().addKeyValue("stream", name).setCause(cause).log("stdin pipe broke");
    synchronized (this) {
      writing = false;
    }
    abandon();
  }

  private List<Runnable> takeForRoom() {
    List<Runnable> taken = List.copyOf(forRoom);
    forRoom.clear();
    return taken;
  }

  private void close(AsynchronousByteChannel sink) {
    try {
      sink.close();
    } catch (IOException e) {
      log.atDebug().addKeyValue("stream", name).setCause(e).log("stdin pipe not closed");
    }
  }
}
