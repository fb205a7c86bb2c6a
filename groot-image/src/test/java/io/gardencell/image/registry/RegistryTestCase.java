package io.gardencell.image.registry;

import io.gardencell.api.http.EnvironmentProxy;
import io.gardencell.image.source.ByteLimit;
import io.gardencell.image.source.ImageDescription;
import io.gardencell.image.source.LayerInfo;
import io.gardencell.image.source.Platform;
import io.gardencell.image.source.VerifiedLayer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;

/** A registry, and a client that notes its pauses in place of making them. */
class RegistryTestCase {

  final ScriptedRegistry registry = new ScriptedRegistry();
  final List<Duration> pauses = new ArrayList<>();
  String user = "";
  String password = "";
  Duration silence = Duration.ofSeconds(20);
  Map<String, String> environment = Map.of();

  @AfterEach
  void stop() {
    registry.close();
  }

  RegistrySource source(String reference) {
    return source(reference, true);
  }

  RegistrySource source(String reference, boolean insecure) {
    return new RegistrySource(
        DockerReference.parse(reference),
        user,
        password,
        insecure,
        new Platform(20348, false),
        new HttpTransport(insecure, new EnvironmentProxy(environment), pauses::add, silence));
  }

  RegistrySource image() {
    return source("//" + registry.host() + "/a/b:latest");
  }

  /** Describes and reads every layer to its verified end. */
  List<byte[]> pull(RegistrySource source) throws IOException {
    ImageDescription image = source.describe();
    List<byte[]> plain = new ArrayList<>();
    for (LayerInfo layer : image.layers()) {
      try (VerifiedLayer in =
          VerifiedLayer.of(layer, source.open(layer), ByteLimit.ofLayer(1 << 30))) {
        plain.add(in.readAllBytes());
        in.verify();
      }
    }
    return plain;
  }
}
