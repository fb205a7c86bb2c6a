package io.gardencell.emulator.posix;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The array of {@code struct pollfd} (poll(2)), changed where interests change and not made anew
 * for every wait. One thread.
 */
final class PollSet {

  static final short POLLIN = 1;
  static final short POLLOUT = 4;

  private static final int ENTRY = 8;

  private final List<Interest> entries = new ArrayList<>();
  private final Map<Integer, Interest> byDescriptor = new HashMap<>();
  private ByteBuffer array = allocate(64);
  private Pointer pointer = Native.getDirectBufferPointer(array);

  /** Who wants to hear of a descriptor, each once. */
  static final class Interest {

    private final int fd;
    private int index;
    private @Nullable Runnable readable;
    private @Nullable Runnable writable;

    private Interest(int fd, int index) {
      this.fd = fd;
      this.index = index;
    }

    private short events() {
      return (short) ((readable == null ? 0 : POLLIN) | (writable == null ? 0 : POLLOUT));
    }
  }

  private static ByteBuffer allocate(int entries) {
    return ByteBuffer.allocateDirect(entries * ENTRY).order(ByteOrder.nativeOrder());
  }

  void onReadable(int fd, Runnable task) {
    Interest interest = interest(fd);
    interest.readable = task;
    put(interest);
  }

  void onWritable(int fd, Runnable task) {
    Interest interest = interest(fd);
    interest.writable = task;
    put(interest);
  }

  private Interest interest(int fd) {
    Interest known = byDescriptor.get(fd);
    if (known != null) {
      return known;
    }
    Interest fresh = new Interest(fd, entries.size());
    entries.add(fresh);
    byDescriptor.put(fd, fresh);
    if (entries.size() * ENTRY > array.capacity()) {
      ByteBuffer larger = allocate(entries.size() * 2);
      larger.put(array.clear());
      array = larger;
      pointer = Native.getDirectBufferPointer(array);
    }
    return fresh;
  }

  private void put(Interest interest) {
    int at = interest.index * ENTRY;
    array.putInt(at, interest.fd);
    array.putShort(at + 4, interest.events());
    array.putShort(at + 6, (short) 0);
  }

  /** Forgets a descriptor; the last entry takes its place. */
  void remove(int fd) {
    Interest gone = byDescriptor.remove(fd);
    if (gone == null) {
      return;
    }
    Interest last = entries.remove(entries.size() - 1);
    if (last != gone) {
      last.index = gone.index;
      entries.set(gone.index, last);
      put(last);
    }
  }

  /**
   * Gives the tasks of the descriptors with which something has happened; of these it then knows no
   * more.
   *
   * @param wait whether to wait, without end, until there is one
   */
  List<Runnable> await(boolean wait) {
    List<Runnable> tasks = new ArrayList<>();
    int left = LibC.poll(pointer, entries.size(), wait ? -1 : 0);
    for (int i = entries.size() - 1; i >= 0 && left > 0; i--) {
      int happened = array.getShort(i * ENTRY + 6) & 0xffff;
      if (happened != 0) {
        left--;
        take(entries.get(i), happened, tasks);
      }
    }
    return tasks;
  }

  private void take(Interest interest, int happened, List<Runnable> tasks) {
    boolean over = (happened & ~(POLLIN | POLLOUT)) != 0;
    Runnable readable = interest.readable;
    Runnable writable = interest.writable;
    if (readable != null && (over || (happened & POLLIN) != 0)) {
      interest.readable = null;
      tasks.add(readable);
    }
    if (writable != null && (over || (happened & POLLOUT) != 0)) {
      interest.writable = null;
      tasks.add(writable);
    }
    if (interest.events() == 0) {
      remove(interest.fd);
    } else {
      put(interest);
    }
  }
}
