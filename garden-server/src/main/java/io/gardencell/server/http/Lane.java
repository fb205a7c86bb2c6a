package io.gardencell.server.http;

/**
 * Which threads a request's handler runs on. Slow requests of one kind must not keep the others
 * waiting: creates that hang leave pings, figures, transfers and signals their own way.
 */
public enum Lane {
  /** Answers from memory or a quick look at a file. */
  QUERY,
  /** Figures, which ask the host. */
  FIGURES,
  /** Changes to containers, which can take minutes. */
  CHANGE,
  /** Archives in and out, which take as long as the client likes. */
  TRANSFER,
  /** Signals to processes. */
  SIGNAL
}
