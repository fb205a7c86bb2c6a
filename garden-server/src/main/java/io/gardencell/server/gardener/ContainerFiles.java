package io.gardencell.server.gardener;

import io.gardencell.api.GardenException;
import io.gardencell.server.cell.LiveContainer;
import io.gardencell.server.files.ContainerPath;
import io.gardencell.server.files.ContainerRoot;
import io.gardencell.server.files.TarReceiver;
import io.gardencell.server.files.TarSource;
import io.gardencell.server.route.BackendContainer.FileSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files into and out of one container, as tars. A destroy ends what is under way. Any thread;
 * blocks.
 */
final class ContainerFiles {

  private static final Logger log = LoggerFactory.getLogger(ContainerFiles.class);

  private final LiveContainer container;

  ContainerFiles(LiveContainer container) {
    this.container = container;
  }

  void streamIn(String user, String destination, InputStream tar) throws IOException {
    try (LiveContainer.StreamUse use = container.stream(() -> close(tar))) {
      ContainerPath path = ContainerPath.ofUser(user, destination);
      TarReceiver.open(new ContainerRoot(container.root()), path, use::isCancelled).receive(tar);
    }
  }

  private void close(InputStream tar) {
    try {
      tar.close();
    } catch (IOException e) {
      log.atDebug().addKeyValue("handle", container.handle()).setCause(e).log("stream not closed");
    }
  }

  // The use goes over to the source, which ends it; a failure before ends it here.
  FileSource streamOut(String user, String source) {
    LiveContainer.StreamUse use = container.stream(() -> {});
    boolean done = false;
    try {
      TarSource tar =
          TarSource.open(
              new ContainerRoot(container.root()),
              ContainerPath.ofUser(user, source),
              use::isCancelled);
      done = true;
      return new UsedSource(tar, use);
    } catch (IOException e) {
      throw GardenException.failure("stream-out: " + source + ": " + e.getMessage(), e);
    } finally {
      if (!done) {
        use.close();
      }
    }
  }

  private record UsedSource(TarSource tar, LiveContainer.StreamUse use) implements FileSource {

    @Override
    public void writeTo(OutputStream out) throws IOException {
      tar.writeTo(out);
    }

    @Override
    public void close() {
      use.close();
    }
  }
}
