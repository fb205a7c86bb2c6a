package io.gardencell.runtime;

import java.nio.file.Path;
import java.time.Duration;

/** What tests of the runtime stand on: a host that is a fake, and a depot with bundles. */
public abstract class RuntimeTest {

  protected final Path directory;
  protected final FakeHost fake;
  protected final Depot depot;

  protected RuntimeTest(Path directory) {
    this(directory, new Depot(directory.resolve("depot")));
  }

  protected RuntimeTest(Path directory, Depot depot) {
    this.directory = directory;
    this.depot = depot;
    fake = new FakeHost(directory.resolve("proc"));
  }

  /** The settings of {@link #impatient}; the state is in the test's directory. */
  RuntimeConfig config(Duration shutdown, Duration terminate) {
    return RuntimeConfig.ofRoot(directory.resolve("state")).withStopTimeouts(shutdown, terminate);
  }

  /** A runtime that waits for no system that does not end at once. */
  WincRuntime impatient() {
    return new WincRuntime(fake.host(), config(Duration.ofMillis(1), Duration.ofMillis(1)));
  }
}
