package io.gardencell.emulator.network;

import io.gardencell.emulator.state.Failures;
import io.gardencell.hcs.document.EndpointStatistics;
import io.gardencell.hcs.document.HnsEndpoint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the forwarded ports those of the NAT policies of all endpoints. Of the processes that share
 * a state directory one forwards: who holds the lock file, in practice the daemon; when it ends,
 * the next one takes over. Any thread.
 */
final class PortMappings implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PortMappings.class);
  private static final long FRESH_MILLIS = 2_000;
  private static final int ATTEMPTS = 5;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final int CONNECT_MILLIS = 1_000;
  private static final int PORT_EXISTS = 0x803B0013;
  private static final String TAKEN = "The specified port already exists. ";

  private final HnsDocuments documents;
  private final PortForwarder forwarder = new PortForwarder();
  private final Set<String> complained = new HashSet<>();
  private @Nullable FileChannel lockFile;
  private @Nullable FileLock lock;
  private FileTime seen = FileTime.fromMillis(0);
  private boolean incomplete;
  private boolean closed;

  PortMappings(HnsDocuments documents) {
    this.documents = documents;
  }

  /**
   * Before an endpoint is written: none of its host ports may be another endpoint's, nor, as far as
   * they are new, anybody else's on this machine.
   */
  synchronized void reserve(HnsEndpoint endpoint, Collection<HnsEndpoint> all) {
    Set<String> taken = new HashSet<>();
    Set<String> own = new HashSet<>();
    for (HnsEndpoint other : all) {
      boolean same = other.id().equalsIgnoreCase(endpoint.id());
      PortMapping.of(other).forEach(m -> (same ? own : taken).add(m.hostPort()));
    }
    for (PortMapping mapping : PortMapping.of(endpoint)) {
      boolean free = taken.add(mapping.hostPort());
      if (!free || !own.contains(mapping.hostPort()) && mapping.isTcp() && !open(mapping)) {
        follow(all);
        throw HnsDocuments.failure("/endpoints/", PORT_EXISTS, TAKEN);
      }
    }
  }

  /**
   * Whether the port is free or will be. Another pool may be trying it for a moment, so a refusal
   * is asked again; and a port that is only the near end of somebody's connection, which HNS keeps
   * apart and this machine does not, is opened when that has ended.
   */
  private boolean open(PortMapping mapping) {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        listen(mapping);
        return true;
      } catch (IOException taken) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    try (Socket somebody = new Socket()) {
      somebody.connect(mapping.listensOn(), CONNECT_MILLIS);
      return false;
    } catch (ConnectException nobodyListens) {
      incomplete = true;
      return true;
    } catch (IOException unclear) {
      return false;
    }
  }

  private void listen(PortMapping mapping) throws IOException {
    if (isForwarder()) {
      forwarder.open(mapping);
      return;
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(mapping.listensOn());
    }
  }

  /** Opens and closes ports until they are those of the endpoints. */
  synchronized void follow(Collection<HnsEndpoint> all) {
    if (closed || !isForwarder()) {
      return;
    }
    Map<Integer, PortMapping> wanted = new HashMap<>();
    for (HnsEndpoint endpoint : all) {
      for (PortMapping mapping : PortMapping.of(endpoint)) {
        if (mapping.isTcp()) {
          wanted.put(mapping.externalPort(), mapping);
        }
      }
    }
    for (PortMapping open : forwarder.mappings()) {
      if (!open.equals(wanted.get(open.externalPort()))) {
        forwarder.close(open);
      }
    }
    incomplete = false;
    for (PortMapping mapping : wanted.values()) {
      try {
        forwarder.open(mapping);
        complained.remove(mapping.hostPort());
      } catch (IOException taken) {
        incomplete = true;
        if (complained.add(mapping.hostPort())) {
          log.atWarn()
              .addKeyValue("port", mapping.externalPort())
              .addKeyValue("endpoint", mapping.endpoint())
              .setCause(taken)
              .log("host port is not forwarded, will retry");
        }
      }
    }
  }

  /** Follows what other processes wrote; to be called now and then. */
  synchronized void watch() {
    if (closed || !isForwarder()) {
      return;
    }
    try {
      FileTime now = Files.getLastModifiedTime(documents.endpointsDirectory());
      // A change so fresh can be followed by one with the same time stamp.
      boolean fresh = System.currentTimeMillis() - now.toMillis() < FRESH_MILLIS;
      if (!now.equals(seen) || incomplete || fresh) {
        follow(documents.endpoints());
        seen = now;
      }
    } catch (NoSuchFileException removed) {
      follow(List.of());
    } catch (IOException e) {
      throw Failures.of("HNSCall", "/endpoints/", e);
    }
  }

  private boolean isForwarder() {
    if (lock != null) {
      return true;
    }
    try {
      if (lockFile == null) {
        lockFile =
            FileChannel.open(
                documents.state().root().resolve("hns/forward.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
      }
      lock = lockFile.tryLock();
    } catch (OverlappingFileLockException otherHostOfThisProcess) {
      return false;
    } catch (IOException e) {
      throw Failures.of("HNSCall", "forward.lock", e);
    }
    return lock != null;
  }

  /** Counters of an endpoint: bytes that this process forwarded, 0 elsewhere. */
  EndpointStatistics statistics(HnsEndpoint endpoint) {
    Traffic t = forwarder.traffic(endpoint.id());
    return new EndpointStatistics(
        t.bytesReceived(),
        t.bytesSent(),
        t.readsReceived(),
        t.readsSent(),
        0,
        0,
        endpoint.id(),
        endpoint.id());
  }

  @Override
  public synchronized void close() {
    closed = true;
    forwarder.close();
    try {
      if (lockFile != null) {
        lockFile.close();
      }
    } catch (IOException e) {
      log.atDebug().setCause(e).log("lock of the forwarder not closed");
    }
  }
}
