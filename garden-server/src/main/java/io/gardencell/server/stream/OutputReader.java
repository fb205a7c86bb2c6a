package io.gardencell.server.stream;

/** Whoever takes the bytes of an {@link OutputQueue}: it is woken and then polls. */
@FunctionalInterface
public interface OutputReader {

  /** There may be bytes, or the end. Any thread; must not block and not poll in this call. */
  void wake();
}
