package io.gardencell.network;

import java.time.Duration;

/**
 * How long the plugin waits (spec: winc-network 15, 17.3, 17.8).
 *
 * @param call for one call to HNS or HCS
 * @param networkReady for the adapter of a new network
 * @param endpointReady for the adapter of an attached endpoint
 * @param handle for whoever else is changing the same container
 * @param retry before what could not be put in order is tried again, the first time
 */
public record Patience(
    Duration call, Duration networkReady, Duration endpointReady, Duration handle, Duration retry) {

  /** Of the server and of the command. */
  public static final Patience DEFAULT =
      new Patience(
          Duration.ofSeconds(60),
          Duration.ofSeconds(9),
          Duration.ofSeconds(5),
          Duration.ofSeconds(120),
          Duration.ofSeconds(5));
}
