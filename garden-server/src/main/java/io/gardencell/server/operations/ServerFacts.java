package io.gardencell.server.operations;

import java.nio.file.Path;
import java.util.List;

/**
 * What does not change while the server runs.
 *
 * @param version of the server
 * @param host name of the host, {@code hcs} or {@code emulated}
 * @param hostDescription the host in a sentence
 * @param isolated whether containers are kept apart from the machine and each other
 * @param depot where the containers' bundles lie
 * @param commandLine of the server, without secrets
 */
public record ServerFacts(
    String version,
    String host,
    String hostDescription,
    boolean isolated,
    Path depot,
    List<String> commandLine) {

  public ServerFacts {
    commandLine = List.copyOf(commandLine);
  }
}
