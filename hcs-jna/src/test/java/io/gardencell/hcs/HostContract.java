package io.gardencell.hcs;

import static org.assertj.core.api.Assertions.assertThat;

import io.gardencell.hcs.document.LayerReference;
import io.gardencell.hcs.document.SystemDocument;
import io.gardencell.hcs.document.SystemQuery;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * What the contract suites share: a fresh host for each test, and what a compute system needs.
 * Suites run against every implementation of a host interface; each of those has a subclass of a
 * few lines that opens its {@link HostFixture}.
 */
@Timeout(120)
public abstract class HostContract {

  static final Duration TIMEOUT = Duration.ofSeconds(30);
  static final String OWNER = "contract";

  private HostFixture fixture;
  private Host host;

  /** A fresh host. */
  protected abstract HostFixture open();

  @BeforeEach
  void openHost() {
    fixture = open();
    host = fixture.host();
  }

  @AfterEach
  void closeHost() {
    for (var system : host.compute().enumerate(SystemQuery.owner(OWNER))) {
      try (ComputeSystem open = host.compute().open(system.id())) {
        open.terminate();
      }
    }
    fixture.close();
  }

  HostFixture fixture() {
    return fixture;
  }

  Host host() {
    return host;
  }

  Host reopened() {
    host = fixture.reopen();
    return host;
  }

  /** A name that no other test has used. */
  static String unique(String prefix) {
    return prefix + "-" + UUID.randomUUID();
  }

  /** A scratch layer on the base layer, prepared. */
  Path preparedLayer() {
    Path base = fixture.baseLayer();
    Path layer = fixture.directory().resolve(unique("scratch"));
    host.scratchLayers().create(layer, List.of(base));
    host.scratchLayers().activate(layer);
    host.scratchLayers().prepare(layer, List.of(base));
    return layer;
  }

  String volumeOf(Path layer) {
    return host.scratchLayers().mountPath(layer).orElseThrow();
  }

  /** A container on this volume, a scratch layer on the base layer. */
  SystemDocument document(String volume) {
    Path base = fixture.baseLayer();
    String id = host.layerImport().nameToGuid(String.valueOf(base.getFileName()));
    return SystemDocument.container()
        .owner(OWNER)
        .volumePath(volume)
        .layers(List.of(new LayerReference(id, base.toString())))
        .build();
  }

  /** A running system on a volume of its own. */
  ComputeSystem running() {
    ComputeSystem system =
        host.compute().create(unique("system"), document(volumeOf(preparedLayer())), TIMEOUT);
    system.start(TIMEOUT);
    return system;
  }

  /** The failure is the host's, with this code. */
  static Consumer<Throwable> code(int code) {
    return e ->
        assertThat(e)
            .isInstanceOfSatisfying(
                HcsException.class, h -> assertThat(HcsErrors.normalise(h.code())).isEqualTo(code));
  }

  /** The failure is HNS's answer, with its own text. */
  static Consumer<Throwable> hns(String text) {
    return e ->
        assertThat(e)
            .isInstanceOfSatisfying(
                HcsException.class,
                h -> {
                  assertThat(h.function()).startsWith("HNS");
                  assertThat(h.getMessage())
                      .startsWith("hns failed with error : ")
                      .containsIgnoringCase(text);
                });
  }
}
