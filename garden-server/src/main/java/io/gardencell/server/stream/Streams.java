package io.gardencell.server.stream;

import io.gardencell.api.spi.ContainerProcess;
import io.netty.util.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * All streams of the server: starts the pumps of processes and finds attachments by the ids that
 * clients name. One per server; any thread.
 */
public final class Streams implements AutoCloseable {

  private final StreamSettings settings;
  private final Timer timer;
  private final AtomicLong lastId = new AtomicLong();
  private final ConcurrentMap<String, Attachment> attachments = new ConcurrentHashMap<>();
  private final StreamMemory memory;
  private final LongAdder dropped = new LongAdder();
  private final LongAdder started = new LongAdder();
  private final LongAdder running = new LongAdder();

  /** Timers run on {@code timer}, which the caller owns. */
  public Streams(StreamSettings settings, Timer timer) {
    this.settings = settings;
    this.memory = new StreamMemory(settings.bounds().totalBytes());
    this.timer = timer;
  }

  /** Takes over a process and begins to pump its output. */
  public RunningProcess start(String handle, String id, ContainerProcess process) {
    RunningProcess made = new RunningProcess(handle, id, process, this);
    started.increment();
    running.increment();
    made.begin();
    return made;
  }

  /** The attachment of that process with that stream id; streams that were forgotten are absent. */
  public Optional<Attachment> find(String handle, String processId, String streamId) {
    return Optional.ofNullable(attachments.get(streamId))
        .filter(a -> a.process().handle().equalsIgnoreCase(handle))
        .filter(a -> a.process().id().equals(processId));
  }

  /** Output bytes dropped since the start because nobody read them. */
  public long droppedBytes() {
    return dropped.sum();
  }

  /** Streams that can be read now. */
  public int count() {
    return attachments.size();
  }

  /** Processes taken over since the start. */
  public long startedProcesses() {
    return started.sum();
  }

  /** Processes taken over whose end is not known. */
  public long runningProcesses() {
    return running.sum();
  }

  void ended() {
    running.decrement();
  }

  /** Bytes that wait for readers or for processes now. */
  public long waitingBytes() {
    return memory.held();
  }

  /** Forgets all streams and frees what nobody fetched; the processes are not touched. */
  @Override
  public void close() {
    attachments.values().forEach(this::forget);
  }

  StreamSettings settings() {
    return settings;
  }

  void later(Duration delay, Runnable action) {
    timer.newTimeout(timeout -> action.run(), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  Attachment register(RunningProcess process, Runnable stdoutRoom, Runnable stderrRoom) {
    String id = Long.toString(lastId.incrementAndGet());
    String name = process.handle() + "/" + process.id() + "/" + id;
    OutputQueue stdout = queue(name + "/stdout", stdoutRoom);
    OutputQueue stderr = queue(name + "/stderr", stderrRoom);
    stdout.setOther(stderr);
    stderr.setOther(stdout);
    Attachment attachment = new Attachment(id, process, stdout, stderr);
    attachments.put(id, attachment);
    later(
        settings.times().firstReader(),
        () -> {
          stdout.giveUpWaiting();
          stderr.giveUpWaiting();
        });
    return attachment;
  }

  private OutputQueue queue(String name, Runnable roomAgain) {
    return new OutputQueue(name, settings, memory, roomAgain, dropped, this::later);
  }

  StreamMemory memory() {
    return memory;
  }

  /** Forgets a stream that has ended when its time is over. */
  void retain(Attachment attachment) {
    later(settings.times().retention(), () -> forget(attachment));
  }

  /** From now on nobody finds the stream; who reads it may read on. */
  void forget(Attachment attachment) {
    attachments.remove(attachment.streamId());
    attachment.stdout().expire();
    attachment.stderr().expire();
  }

  void retainAll(RunningProcess process) {
    attachments.values().stream().filter(a -> a.process() == process).forEach(this::retain);
  }
}
