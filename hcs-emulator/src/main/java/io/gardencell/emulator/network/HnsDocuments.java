package io.gardencell.emulator.network;

import io.gardencell.emulator.state.Documents;
import io.gardencell.emulator.state.Failures;
import io.gardencell.emulator.state.StateDirectory;
import io.gardencell.hcs.HcsErrors;
import io.gardencell.hcs.HcsException;
import io.gardencell.hcs.document.HnsEndpoint;
import io.gardencell.hcs.document.HnsNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Documents of networks and endpoints, one file each, and HNS's way to refuse. Any thread; who
 * reads and then writes holds the state's lock.
 */
final class HnsDocuments {

  private static final String FUNCTION = "HNSCall";
  private static final String NOT_FOUND = "Element not found. ";

  private final StateDirectory state;
  private final Path networks;
  private final Path endpoints;
  private final Path adapters;
  private final Documents<HnsNetwork> networkDocuments;
  private final Documents<HnsEndpoint> endpointDocuments;

  HnsDocuments(StateDirectory state) {
    this.state = state;
    this.networks = state.root().resolve("hns/networks");
    this.endpoints = state.root().resolve("hns/endpoints");
    this.adapters = state.root().resolve("hns/adapters");
    this.networkDocuments = new Documents<>(state, HnsNetwork.class);
    this.endpointDocuments = new Documents<>(state, HnsEndpoint.class);
  }

  StateDirectory state() {
    return state;
  }

  /** Changes whenever an endpoint does. */
  Path endpointsDirectory() {
    return endpoints;
  }

  /** What HNS answers with {@code "Success":false}, in the words of its client. */
  static HcsException failure(String path, int code, String error) {
    return new HcsException(FUNCTION, path, code, "hns failed with error : " + error, List.of());
  }

  static HcsException notFound(String path) {
    return failure(path, HcsErrors.NOT_FOUND, NOT_FOUND);
  }

  private static Path file(Path directory, String path, String id) {
    if (id.isEmpty()) {
      throw new IllegalArgumentException("id: '' (expected: the id of one network or endpoint)");
    }
    if (!id.matches("[0-9A-Za-z-]+")) {
      throw notFound(path + id);
    }
    return directory.resolve(id.toLowerCase(Locale.ROOT) + ".json");
  }

  List<HnsNetwork> networks() {
    return networkDocuments.readAll(networks);
  }

  void write(HnsNetwork network) {
    state.write(file(networks, "/networks/", network.id()), network);
  }

  void deleteNetwork(String id) {
    delete(file(networks, "/networks/", id), "/networks/" + id);
    forgetAdapter(id);
  }

  boolean hasNetwork(String id) {
    return Files.exists(file(networks, "/networks/", id));
  }

  List<HnsEndpoint> endpoints() {
    return endpointDocuments.readAll(endpoints);
  }

  HnsEndpoint endpoint(String id) {
    return endpointDocuments
        .read(file(endpoints, "/endpoints/", id))
        .orElseThrow(() -> notFound("/endpoints/" + id));
  }

  void write(HnsEndpoint endpoint) {
    state.write(file(endpoints, "/endpoints/", endpoint.id()), endpoint);
  }

  void deleteEndpoint(String id) {
    delete(file(endpoints, "/endpoints/", id), "/endpoints/" + id);
    forgetAdapter(id);
  }

  /** What was set of the adapter of a network or endpoint. */
  Path adapterFile(String id) {
    return file(adapters, "/adapters/", id);
  }

  private void forgetAdapter(String id) {
    try {
      Files.deleteIfExists(adapterFile(id));
    } catch (IOException e) {
      throw Failures.of(FUNCTION, "/adapters/" + id, e);
    }
  }

  private static void delete(Path file, String path) {
    try {
      if (!Files.deleteIfExists(file)) {
        throw notFound(path);
      }
    } catch (IOException e) {
      throw Failures.of(FUNCTION, path, e);
    }
  }
}
