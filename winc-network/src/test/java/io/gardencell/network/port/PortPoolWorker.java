package io.gardencell.network.port;

import io.gardencell.api.GardenException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A process of its own that takes ports until there are none, and prints each that it got. */
final class PortPoolWorker {

  /** Ports taken at a time; each time the pool is forced to the disk. */
  static final int AT_ONCE = 10;

  private static final int THREADS = 2;

  private PortPoolWorker() {}

  public static void main(String[] args) throws InterruptedException {
    PortPool pool =
        PortPool.exclusive(
            Path.of(args[0], "port-state.json"),
            40000,
            5000,
            Clock.systemUTC(),
            port -> false,
            Map::of);
    Thread[] threads = new Thread[THREADS];
    for (int t = 0; t < THREADS; t++) {
      String name = args[1] + "-" + t;
      threads[t] = new Thread(() -> takeAll(pool, name));
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void takeAll(PortPool pool, String name) {
    for (int i = 0; ; i++) {
      String handle = name + "-" + i;
      List<Integer> ports;
      try {
        ports = pool.acquire(handle, Collections.nCopies(AT_ONCE, 0));
      } catch (GardenException failed) {
        String text = String.valueOf(failed.getMessage());
        if (text.startsWith("open lock: ")) {
          // a machine that is very busy: as a client would, once more
          continue;
        }
        if (!text.contains("exhausted")) {
          throw failed;
        }
        return;
      }
      synchronized (PortPoolWorker.class) {
        System.out.println(handle + " " + ports);
      }
    }
  }
}
