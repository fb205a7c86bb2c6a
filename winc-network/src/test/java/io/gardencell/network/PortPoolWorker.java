package io.gardencell.network;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** A process of its own that takes ports until there are none, and prints each that it got. */
final class PortPoolWorker {

  private PortPoolWorker() {}

  public static void main(String[] args) throws InterruptedException {
    PortPool pool =
        new PortPool(Path.of(args[0]), 40000, 5000, Clock.systemUTC(), port -> false, Map::of);
    Thread[] threads = new Thread[2];
    for (int t = 0; t < threads.length; t++) {
      String name = args[1] + "-" + t;
      threads[t] =
          new Thread(
              () -> {
                for (int i = 0; i < Integer.parseInt(args[2]); i++) {
                  String handle = name + "-" + i;
                  List<Integer> ports = pool.acquire(handle, List.of(0, 0, 0, 0, 0));
                  synchronized (PortPoolWorker.class) {
                    System.out.println(handle + " " + ports);
                  }
                }
              });
      threads[t].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }
}
