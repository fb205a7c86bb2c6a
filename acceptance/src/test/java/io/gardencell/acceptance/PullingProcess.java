package io.gardencell.acceptance;

import io.gardencell.api.GardenException;
import io.gardencell.api.spi.ImageRequest;
import io.gardencell.hcs.Host;
import io.gardencell.hcs.HostOptions;
import io.gardencell.hcs.HostProvider;
import io.gardencell.image.GrootImage;
import io.gardencell.image.ImageConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/**
 * A process that does nothing but create and delete volumes from images that share layers, with
 * eight threads, and collects garbage now and then, until somebody kills it. Arguments: data
 * directory, directory of images, how many, seed.
 */
final class PullingProcess {

  private static final int THREADS = 8;

  private PullingProcess() {}

  public static void main(String[] arguments) throws Exception {
    Path data = Path.of(arguments[0]);
    Path images = Path.of(arguments[1]);
    int count = Integer.parseInt(arguments[2]);
    long seed = Long.parseLong(arguments[3]);
    try (Host host = HostProvider.named("emulated").open(new HostOptions(data))) {
      CountDownLatch never = new CountDownLatch(THREADS);
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(seed * THREADS + i);
        String name = "p" + seed + "-t" + i + "-";
        Thread thread =
            new Thread(
                () -> {
                  work(host, data, images, count, random, name);
                  never.countDown();
                });
        thread.setDaemon(true);
        thread.start();
      }
      System.out.println("ready");
      never.await();
    }
  }

  /** Ends only by an exception nobody expects, which the test then finds in this process's log. */
  private static void work(
      Host host, Path data, Path images, int count, Random random, String name) {
    GrootImage groot = new GrootImage(host, ImageConfig.defaults(data));
    for (int n = 0; ; n++) {
      String handle = name + n;
      String uri = "oci://" + images.resolve("image-" + random.nextInt(count));
      try {
        groot.create(new ImageRequest(handle, uri, "", "", 0, false));
        if (random.nextInt(3) > 0) {
          groot.delete(handle);
        }
        if (random.nextInt(20) == 0) {
          groot.collectGarbage(0);
        }
        Files.writeString(data.resolve("worked-" + name.substring(0, name.length() - 1)), "" + n);
      } catch (GardenException | java.io.IOException e) {
        System.out.println("FAILED " + handle + " " + uri + ": " + e);
        e.printStackTrace(System.out);
        return;
      }
    }
  }
}
